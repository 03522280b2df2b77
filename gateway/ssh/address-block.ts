import { isIP } from 'node:net'
import { plainAddress } from '../access/networks.ts'

/**
 * What one stranger has of the address space: an IPv4 address, or the /64 of an IPv6 one, of which every address is
 * theirs (RFC 6177, RFC 4291 §2.5.1).
 */
export function addressBlock(address: string): string {
  const plain = plainAddress(address)
  if (isIP(plain) !== 6) return plain
  const [head = '', tail] = plain.split('::')
  const front = head.split(':').filter((group) => group !== '')
  if (tail === undefined) return `${front.slice(0, 4).join(':')}::/64`
  const back = tail.split(':').filter((group) => group !== '')
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  return `${[...front, ...zeros, ...back].slice(0, 4).join(':')}::/64`
}
