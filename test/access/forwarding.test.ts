import { describe, expect, it } from 'vitest'
import { forwarding, forwardingText, mayReach, noForwarding, parseForwarding } from '#gateway/access/forwarding.ts'

const reach = (list: string, host: string, port: number) => mayReach(parseForwarding(list)!, host, port)

describe('forwarding', () => {
  it.each([
    ['none', noForwarding],
    ['db1:5432', { ...noForwarding, local: ['db1:5432'] }],
    ['DB1:5432, remote', { ...noForwarding, local: ['db1:5432'], remote: true }],
    ['*:443,db1:*,[::1]:80,*:*', { ...noForwarding, local: ['*:443', 'db1:*', '[::1]:80', '*:*'] }],
    ['dynamic,agent,x11,streamlocal', { ...noForwarding, dynamic: true, agent: true, x11: true, streamlocal: true }],
    ['a:1,a:1,remote,remote', { ...noForwarding, local: ['a:1'], remote: true }],
  ])('is read from %s, and fits the database', (text, meant) => {
    expect(parseForwarding(text)).toEqual(meant)
    expect(forwarding.parse(meant)).toEqual(meant)
    expect(parseForwarding(forwardingText(meant))).toEqual(meant)
  })

  it.each([
    '',
    'db1',
    'db1:',
    ':5432',
    'db1:0',
    'db1:65536',
    'db1:05432',
    'db1:54x',
    'db*:5432',
    '::1:80',
    '[db1]:80',
    'none,remote',
    'everything',
    'remote,',
    'db 1:80',
    'db1\n:80',
    'db1:80:90',
    `${'a'.repeat(260)}:80`,
  ])('is not read from %j', (text) => {
    expect(parseForwarding(text)).toBeUndefined()
  })

  it('holds 200 places', () => {
    const places = (count: number) => Array.from({ length: count }, (_, index) => `db${index}:1`).join(',')
    expect(parseForwarding(places(200))?.local).toHaveLength(200)
    expect(parseForwarding(places(201))).toBeUndefined()
  })

  it.each([
    ['db1:5432', 'db1', 5432, true],
    ['db1:5432', 'DB1', 5432, true],
    ['db1:5432', 'db1', 5433, false],
    ['db1:5432', 'db1.', 5432, false],
    ['db1:5432', 'xdb1', 5432, false],
    ['db1:5432', 'db1\0', 5432, false],
    ['db1:5432', '', 5432, false],
    ['db1:*', 'db1', 1, true],
    ['*:443', 'anything', 443, true],
    ['*:443', 'anything', 444, false],
    ['*:*', '', 0, true],
    ['[::1]:80', '::1', 80, true],
    ['[::1]:80', '[::1]', 80, false],
    ['[::1]:80', '0:0:0:0:0:0:0:1', 80, false],
    ['127.0.0.1:80', 'localhost', 80, false],
    ['dynamic', 'anything', 1, true],
    ['remote,agent,x11,streamlocal', 'db1', 5432, false],
    ['none', 'db1', 5432, false],
  ])('by %s to host %j and port %i: %j', (list, host, port, may) => {
    expect(reach(list, host, port)).toBe(may)
  })
})
