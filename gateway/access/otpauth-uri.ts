const ISSUER = 'Gatebook'
/** RFC 4648 §6. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * What authenticator apps read from a QR code. What it does not name is what they take for granted: SHA-1, 6 digits,
 * 30 s. `account` is shown beside the codes.
 */
export function otpauthUri(account: string, secret: Uint8Array): string {
  return `otpauth://totp/${ISSUER}:${encodeURIComponent(account)}?secret=${base32(secret)}&issuer=${ISSUER}`
}

/** RFC 4648 §6 without padding: what people type where there is no camera. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}
