import { expect, it } from 'vitest'
import { addressBlock } from '#gateway/ssh/address-block.ts'

it.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff::', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:db8::5:4:3:2:1', '2001:db8:0:5::/64'],
  ['1:2:3::', '1:2:3:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['', ''],
])('a stranger at %j has %j', (address, block) => {
  expect(addressBlock(address)).toBe(block)
})
