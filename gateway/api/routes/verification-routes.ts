import { z } from 'zod'
import { sessionVerification } from '#shared/seal.ts'
import { verificationView } from '../../recording/seal/verification-view.ts'
import { verdictOnRecord } from '../../session/verify-recorded-session.ts'
import type { ApiParts } from '../api-parts.ts'
import { demandSession } from '../demand.ts'
import { route, type Route } from '../route.ts'

/** Whether a record still holds. */
export function verificationRoutes(parts: ApiParts): readonly Route[] {
  let verified: Promise<unknown> = Promise.resolve()
  return [
    route({
      method: 'GET',
      path: '/sessions/{id}/verification',
      summary: 'Whether the record of a session is what was signed; reads all of it',
      params: z.object({ id: z.uuid() }),
      answer: sessionVerification,
      handle: async ({ reader, params }) => {
        const { id } = await demandSession(parts.stores.sessions, reader, 'see-session', params.id)
        // One at a time: each takes the processor from the sessions that run.
        const verdict = verified.then(() => verdictOnRecord(parts.stores, id))
        verified = verdict.catch(() => undefined)
        return verificationView(id, await verdict)
      },
    }),
  ]
}
