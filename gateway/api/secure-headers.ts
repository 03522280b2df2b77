/** The player's core is WebAssembly, its worker a blob; widgets set widths and colours by style attribute. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "frame-ancestors 'none'",
].join('; ')

const onEverything = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
}

/** The headers that limit what a browser may do with our answers; nothing of the API stays in any cache. */
export function secureHeaders(url: string): Readonly<Record<string, string>> {
  return url.startsWith('/api/') ? { ...onEverything, 'cache-control': 'no-store' } : onEverything
}
