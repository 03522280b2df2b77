/** What the private half of a client's support key is bound to. */
export function supportKeyContext(clientId: string): string {
  return `support-key:${clientId}`
}

/** What the key that a gateway signs with is bound to. */
export function signingKeyContext(gatewayId: string): string {
  return `signing-key:${gatewayId}`
}

/** What the password of a target is bound to, by its full name such as `web1.acme`. */
export function targetPasswordContext(target: string): string {
  return `target-password:${target}`
}

/** What the secret of a person's second factor is bound to. */
export function totpSecretContext(staffId: string): string {
  return `totp-secret:${staffId}`
}
