import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { noForwarding, parseForwarding, type Forwarding } from '#gateway/access/forwarding.ts'
import { judgeRequest } from '#gateway/ssh/channel-requests.ts'
import { mayForward, readForwardedChannel, readListenRequest, type ForwardWish } from '#gateway/ssh/forward-wish.ts'
import { boolean, string, uint32, wireMessage } from '#gateway/transport/wire.ts'

const page = await readFile(new URL('../../gateway/ssh/PROTOCOL.md', import.meta.url), 'utf8')

/** The rows of the tables of one section: the names in backticks of the first cell, and the text of the others. */
function rows(section: string): { readonly names: string[]; readonly cells: string[] }[] {
  const text = page.split(/^## /m).find((each) => each.startsWith(section))
  if (text === undefined) throw new Error(`PROTOCOL.md has no section ${section}`)
  const lines = text.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| type'))
  return lines.map((line) => {
    const [, first = '', ...cells] = line.split(/(?<!\\)\|/).map((cell) => cell.trim())
    return { names: [...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name), cells }
  })
}

const flat = (section: string) => rows(section).flatMap(({ names, cells }) => names.map((name) => ({ name, cells })))

/** The policy that a cell names: none where it says refused. */
function policyOf(cell: string): Forwarding {
  if (cell.startsWith('refused')) return noForwarding
  const words = /^by policy `([^`]+)`/.exec(cell)?.[1]
  const policy = words === undefined ? undefined : parseForwarding(words.replace('HOST:PORT', 'db1:5432'))
  if (policy === undefined) throw new Error(`what is: ${cell}`)
  return policy
}

/** Nothing passes without a policy; with the one that the page names exactly what is not refused there. */
function expectAsTold(wish: ForwardWish | undefined, cell: string): void {
  const policy = policyOf(cell)
  expect(wish !== undefined).toBe(policy !== noForwarding)
  if (wish === undefined) return
  expect(mayForward(noForwarding, wish)).toBe(false)
  expect(mayForward(policy, wish)).toBe(true)
  for (const word of Object.keys(noForwarding) as (keyof Forwarding)[]) {
    if (policy[word] === true) expect(mayForward({ ...policy, [word]: false }, wish)).toBe(false)
  }
}

/** Fields that every type of channel and every request finds enough of. */
const fields = wireMessage(string('db1'), uint32(5432), string('192.0.2.9'), uint32(1))

describe('PROTOCOL.md', () => {
  it.each([
    ['Channels', 'session direct-tcpip forwarded-tcpip x11 auth-agent@openssh.com tun@openssh.com'],
    ['Channels', 'direct-streamlocal@openssh.com forwarded-streamlocal@openssh.com'],
    ['Global requests', 'tcpip-forward cancel-tcpip-forward keepalive@openssh.com no-more-sessions@openssh.com'],
    ['Global requests', 'streamlocal-forward@openssh.com cancel-streamlocal-forward@openssh.com'],
    ['Requests of staff', 'pty-req x11-req env shell exec subsystem window-change signal break'],
    ['Requests of staff', 'auth-agent-req@openssh.com'],
  ])('tells in %s of %s', (section, names) => {
    expect(flat(section).map(({ name }) => name)).toEqual(expect.arrayContaining(names.split(' ')))
  })

  it.each(flat('Channels').filter(({ name }) => name !== 'session'))('is right about channels of $name', (told) => {
    const [fromStaff = '', fromTarget = ''] = told.cells
    expectAsTold(readForwardedChannel('staff', told.name, fields), fromStaff)
    expectAsTold(readForwardedChannel('target', told.name, fields), fromTarget)
  })

  it.each(flat('Global requests').filter(({ name }) => name !== 'request'))('is right about $name', (told) => {
    const [fromStaff = '', fromTarget] = told.cells
    expectAsTold(readListenRequest(told.name, fields)?.wish, fromStaff)
    expect(fromTarget).toBe('refused')
  })

  /** What is passed on where there is no policy, and what is a question of one; the row of mosh is about a command. */
  const requests = flat('Requests of staff').filter(({ cells: [told = ''] }) => !told.startsWith('ends the channel'))
  it.each(requests)('is right about the request $name', (row) => {
    const asked = { subsystem: string('sftp'), env: Buffer.concat([string('LANG'), string('C')]) }[row.name]
    const x11 = wireMessage(boolean(false), string(''), string(''), uint32(0))
    const { fate } = judgeRequest(row.name, asked ?? x11)
    expect(fate).toBe(row.cells[0]?.startsWith('by policy') === true ? 'lend' : 'forward')
  })

  it('is right that mosh ends its channel', () => {
    const mosh = rows('Requests of staff').find(({ names }) => names.includes('mosh-server'))
    expect(mosh?.cells[0]).toMatch(/^ends the channel/)
    expect(judgeRequest('exec', string('mosh-server new')).fate).toBe('end')
  })

  it('is right that every other request of staff is refused', () => {
    for (const name of ['exit-status', 'xon-xoff', 'other@example.org', '']) {
      expect(judgeRequest(name, Buffer.alloc(0))).toEqual({ fate: 'refuse' })
    }
  })
})
