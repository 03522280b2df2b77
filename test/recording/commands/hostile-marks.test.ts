import { expect, it } from 'vitest'
import { readChannel } from '#gateway/recording/search/read-channel.ts'
import { type Happened, ptyRequest, recorded } from '../recorded.ts'

async function commandsOf(...happened: readonly Happened[]): Promise<string[]> {
  const found = []
  for await (const { commands } of readChannel(recorded([[0, 'request', ptyRequest(80, 24)], ...happened]))) {
    found.push(...commands.map(({ source, text }) => `${source} ${text}`))
  }
  return found
}

const mark = (data: string) => `\x1b]133;${data}\x07`

it('a mark that names another command than the screen shows does not take that one off the list', async () => {
  const found = await commandsOf(
    [1000, 'output', '$ '],
    [2000, 'input', 'rm -rf /srv\r'],
    [3000, 'output', `rm -rf /srv\r\n${mark('C;cmdline_url=ls')}${mark('D;0')}$ `],
  )
  expect(found.toSorted()).toEqual(['osc ls', 'screen rm -rf /srv'])
})

it('marks that a program prints, while nobody sends a line, are no commands', async () => {
  const printed = `${mark('C;cmdline_url=rm')}${mark('D;0')}`.repeat(3)
  const found = await commandsOf(
    [1000, 'output', '$ '],
    [2000, 'input', 'cat log\r'],
    [3000, 'output', `cat log\r\n${printed}$ `],
  )
  expect(found.filter((each) => each === 'osc rm').length).toBeLessThanOrEqual(1)
  expect(found).toContain('screen cat log')
})

it('what was masked is on no list, whatever is printed behind it', async () => {
  const found = await commandsOf(
    [1000, 'output', 'Password: '],
    [2000, 'maskedInput', '•••••••\r'],
    [3000, 'output', '\r\nwelcome\r\nmore\r\n$ '],
  )
  expect(found).toEqual([])
})
