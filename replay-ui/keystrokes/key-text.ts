import type { KeystrokeView } from '#shared/api.ts'

/** How a key is shown: a typed character as itself, any other key by its name, a paste with what was pasted. */
export type KeyText =
  | { readonly kind: 'character'; readonly text: string }
  | { readonly kind: 'named'; readonly text: string; readonly pasted?: string }

/** What was pasted comes bracketed, as CSI 200~ … CSI 201~ (xterm, mode 2004). */
export function keyText(key: KeystrokeView): KeyText {
  const sent = new TextDecoder().decode(Uint8Array.from(atob(key.bytes), (byte) => byte.charCodeAt(0)))
  if (sent === ' ') return { kind: 'character', text: '␣' }
  if (sent === key.name) return { kind: 'character', text: sent }
  if (key.name !== 'paste') return { kind: 'named', text: key.name }
  return { kind: 'named', text: key.name, pasted: sent.replace('\u001B[200~', '').replace('\u001B[201~', '') }
}
