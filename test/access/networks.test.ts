import { describe, expect, it } from 'vitest'
import { isNetwork, isWithin, plainAddress } from '#gateway/access/networks.ts'

describe('a network', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '192.0.2.8', false],
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.7/24', '192.0.2.1', true],
    ['0.0.0.0/0', '203.0.113.1', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/32', '2001:db9::1', false],
    ['2001:DB8::1', '2001:db8:0:0:0:0:0:1', true],
    ['::/0', '2001:db8::1', true],
    ['::/0', '192.0.2.7', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    // IPv6 that stands for IPv4, on either side and in either spelling.
    ['192.0.2.0/24', '::ffff:192.0.2.7', true],
    ['192.0.2.0/24', '::ffff:c000:207', true],
    ['192.0.2.0/24', '::FFFF:192.0.3.7', false],
    ['::ffff:192.0.2.0/120', '192.0.2.7', true],
    ['::ffff:192.0.2.0/120', '192.0.3.7', false],
    ['::ffff:192.0.2.7', '192.0.2.7', true],
    ['::ffff:0:0/96', '203.0.113.1', true],
    ['::ffff:0:0/90', '::fffe:0:0', true],
    ['2001:db8::/32', '', false],
    ['2001:db8::/32', 'localhost', false],
  ])('%s has %s in it: %s', (network, address, isIn) => {
    expect(isNetwork(network)).toBe(true)
    expect(isWithin([network], address)).toBe(isIn)
    expect(isWithin(['198.51.100.0/24', network, '2001:db8:ffff:ffff::/64'], address)).toBe(isIn)
  })

  it.each([
    '',
    '192.0.2',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/',
    '192.0.2.0/24/8',
    '::/129',
    '::/1e1',
    'fe80::1%eth0',
    'x',
  ])('is not %j', (text) => {
    expect(isNetwork(text)).toBe(false)
  })

  it('of none has nothing in it', () => {
    expect(isWithin([], '192.0.2.7')).toBe(false)
  })
})

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:0:1', '0.0.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['64:ff9b::192.0.2.7', '64:ff9b::c000:207'],
    ['nonsense', 'nonsense'],
  ])('%s is compared as %s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain)
  })
})
