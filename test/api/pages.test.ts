import { describe, expect, it } from 'vitest'
import { installation, sharedInstallation } from './installation.ts'

describe('the pages', () => {
  const installed = sharedInstallation()

  it.each(['/', '/sessions', '/sign-in', '/targets/web1.acme?tab=1'])('answer %s with the page', async (url) => {
    const house = installed()
    const answer = await house.api.inject({ url })
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('<title>Gatebook</title>')
    expect(answer.headers['cache-control']).toBe('no-cache')
  })

  it('let a browser keep what is named by its content, and nothing takes the place of what is missing', async () => {
    const house = installed()
    const kept = await house.api.inject({ url: '/assets/app-1a2b3c.js' })
    expect([kept.statusCode, kept.headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable'])
    expect((await house.api.inject({ url: '/assets/app-old.js' })).statusCode).toBe(404)
  })

  it('never leave their directory', async () => {
    const house = installed()
    for (const url of ['/..%2f..%2fetc%2fpasswd', '/assets/..%2f..%2f..%2fetc%2fpasswd', '/%2e%2e/%2e%2e/etc/passwd']) {
      expect((await house.api.inject({ url })).body).not.toContain('root:')
    }
  })

  it.each(['/', '/assets/app-1a2b3c.js', '/api/v1/me', '/healthz', '/%ff'])(
    'and everything beside them limit what a browser may do: %s',
    async (url) => {
      const house = installed()
      expect((await house.api.inject({ url })).headers).toMatchObject({
        'content-security-policy':
          "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
          "script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      })
    },
  )
})

describe('whoever watches the gateway', () => {
  it('sees on a real socket that it is alive, ready, and its figures', async () => {
    await using house = await installation()
    const address = await house.api.listen({ host: '127.0.0.1', port: 0 })
    expect(await (await fetch(`${address}/healthz`)).json()).toEqual({ status: 'alive' })
    expect(await (await fetch(`${address}/readyz`)).json()).toEqual({ status: 'ready' })
    const metrics = await fetch(`${address}/metrics`)
    expect(metrics.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const samples = (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    expect(samples).toEqual([
      'gatebook_build_info{version="0.1.0"} 1',
      'gatebook_live_sessions 3',
      'gatebook_journal_bytes 4096',
      'gatebook_archive_lag_bytes 17',
      'gatebook_tree_head_entries 5',
      'gatebook_tree_head_places_behind 0',
      'gatebook_event_loop_delay_seconds{quantile="0.5"} 0.000001',
      'gatebook_event_loop_delay_seconds{quantile="1"} 1.25',
      'gatebook_event_loop_delay_seconds_sum 9.5',
      'gatebook_event_loop_delay_seconds_count 1000',
      'gatebook_event_loop_stalls_total 2',
    ])
  })

  it('hears why sessions cannot be taken', async () => {
    await using house = await installation({ readiness: async () => 'the journal is full' })
    const answer = await house.api.inject({ url: '/readyz' })
    expect([answer.statusCode, answer.json().detail]).toEqual([503, 'the journal is full'])
  })
})
