import { BlockList, isIP } from 'node:net'

/** `192.0.2.0/24`, `2001:db8::/32`, or a single address. */
export function isNetwork(text: string): boolean {
  const [address = '', length, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return false
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128))
}

/**
 * Whether an address is in one of these networks. IPv6 that stands for IPv4 (`::ffff:192.0.2.7`) counts as that, and
 * no network of IPv6 has anything of IPv4 in it.
 */
export function isWithin(networks: readonly string[], address: string): boolean {
  const plain = plainAddress(address)
  const version = isIP(plain)
  const list = new BlockList()
  for (const [network, length] of networks.map(plainNetwork)) {
    if (isIP(network) === version) list.addSubnet(network, length, version === 4 ? 'ipv4' : 'ipv6')
  }
  return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}

function plainNetwork(network: string): [address: string, length: number] {
  const [address = '', length] = network.split('/')
  const plain = plainAddress(address)
  const whole = isIP(address) === 4 ? 32 : 128
  const bits = length === undefined ? whole : Number(length)
  if (isIP(plain) === isIP(address)) return [plain, bits]
  // Of the 128 bits, 96 say that the rest is IPv4; a wider network is one of IPv6.
  return bits >= 96 ? [plain, bits - 96] : [address, bits]
}

/**
 * An address as it is compared: without a zone, IPv6 in the short form of RFC 5952, IPv4 where IPv6 only stands for
 * it. What is no address stays as it is.
 */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '')
  if (isIP(bare) !== 6) return bare
  const short = new URL(`http://[${bare}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short) ?? []
  if (high === undefined || low === undefined) return short
  return Buffer.from(`${high.padStart(4, '0')}${low.padStart(4, '0')}`, 'hex').join('.')
}
