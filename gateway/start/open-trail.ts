import { TrailNotes } from '../access/trail-notes.ts'
import type { OpenStores } from '../command-line/program-parts.ts'
import type { Clock } from '../clock.ts'
import { signTrail } from '../recording/seal/signed-trail.ts'
import type { SigningKey } from '../recording/seal/signing-key.ts'

/** What somebody takes away who owns the database, of entries so young, is not seen. */
const SIGN_MS = 60_000

export interface OpenTrailOptions {
  readonly gatewayId: string
  readonly signingKey: SigningKey
  readonly stores: Pick<OpenStores, 'auditTrail' | 'sessionLog'>
  readonly clock: Clock
  readonly log: (line: string) => void
}

/** The audit trail of a running gateway, which signs how it stands: at the start, each minute, and at the end. */
export interface OpenTrail {
  readonly notes: TrailNotes
  close(): Promise<void>
}

export async function openTrail({ signingKey: key, stores, ...options }: OpenTrailOptions): Promise<OpenTrail> {
  const { log } = options
  const notes = new TrailNotes({ ...options, trail: stores.auditTrail })
  const parts = { ...options, key, trail: stores.auditTrail, sessionLog: stores.sessionLog }
  let signed = await signTrail(parts, 0)
  let running = Promise.resolve()
  const sign = () => {
    running = running.then(async () => {
      try {
        signed = await signTrail(parts, signed)
      } catch (error) {
        log(`the audit trail is not signed now: ${String(error)}`)
      }
    })
  }
  const timer = setInterval(sign, SIGN_MS)
  return {
    notes,
    async close() {
      clearInterval(timer)
      await notes.close()
      sign()
      await running
    },
  }
}
