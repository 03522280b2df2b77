import { principal, signIn, type PrincipalView } from '#shared/api.ts'
import type { PageReader } from '../../access/page-rights.ts'
import { secretHash } from '../../access/sign-in-secret.ts'
import { GatewayError } from '../../errors.ts'
import type { ApiParts } from '../api-parts.ts'
import { AttemptLimit } from '../attempt-limit.ts'
import { HttpRefusal } from '../problem-document.ts'
import { openRoute, route, type Route } from '../route.ts'
import { closeWebSession, openWebSession, pageReader } from '../web-session.ts'

/** Signing in with a one-time link, who one is, signing out. */
export function signInRoutes(parts: ApiParts): readonly Route[] {
  const attempts = new AttemptLimit(parts.clock)
  return [
    openRoute({
      method: 'POST',
      path: '/sign-in',
      summary: 'Use up a one-time link and get a cookie',
      body: signIn,
      answer: principal,
      handle: async ({ body, request, reply }) => {
        if (attempts.isSpent(request.ip)) {
          throw new HttpRefusal('too-many-requests', 'too many failed sign-ins from this address')
        }
        const found = await parts.stores.signIns.redeemLink(secretHash(body.token), parts.clock.now())
        const reader = found && (await pageReader(parts, found))
        if (found === undefined || reader === undefined) {
          attempts.failed(request.ip)
          throw new GatewayError(
            'not-signed-in',
            'this link was used already or is older than 60 seconds',
            'get a new one',
          )
        }
        await closeWebSession(parts, request, reply)
        await openWebSession(parts, found, reply)
        return principalView(reader)
      },
    }),
    openRoute({
      method: 'POST',
      path: '/sign-out',
      summary: 'End the web session of the cookie',
      handle: ({ request, reply }) => closeWebSession(parts, request, reply),
    }),
    route({
      method: 'GET',
      path: '/me',
      summary: 'Who is signed in',
      answer: principal,
      handle: async ({ reader }) => principalView(reader),
    }),
  ]
}

function principalView(reader: PageReader): PrincipalView {
  return reader.kind === 'staff' ? { ...reader, roles: [...reader.roles] } : reader
}
