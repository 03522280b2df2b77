import type { FastifyReply, FastifyRequest } from 'fastify'
import { GatewayError } from '../errors.ts'
import type { ApiParts } from './api-parts.ts'
import { HttpRefusal, problemStatus, sendProblem, type ProblemCode } from './problem-document.ts'

/** Faults that fastify itself finds; any other 4xx of its own is a request it could not read. */
const fastifyCodes: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'not-json',
  FST_ERR_HANDLER_TIMEOUT: 'timed-out',
}

/** Every failure leaves as a problem document; a 5xx is reported and its text hidden. */
export function answerFailure(
  failure: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  report: ApiParts['report'],
): FastifyReply {
  const code = codeOf(failure)
  if (problemStatus(code) < 500) return sendProblem(reply, code, detailOf(failure))
  report(failure, `${request.method} ${request.routeOptions.url ?? 'unknown address'}`)
  return sendProblem(reply, code)
}

function codeOf(failure: unknown): ProblemCode {
  if (failure instanceof GatewayError || failure instanceof HttpRefusal) return failure.code
  if (!(failure instanceof Error)) return 'internal'
  const { code, statusCode } = failure as Error & { code?: unknown; statusCode?: unknown }
  const known = typeof code === 'string' ? fastifyCodes[code] : undefined
  if (known !== undefined) return known
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? 'bad-input' : 'internal'
}

function detailOf(failure: unknown): string | undefined {
  if (!(failure instanceof Error)) return undefined
  const hint = failure instanceof GatewayError ? failure.hint : undefined
  return hint === undefined ? failure.message : `${failure.message}; ${hint}`
}
