import type { Problem } from '#shared/api.ts'
import { hrefOf } from '../navigation/href.ts'
import { texts } from '../texts.ts'
import { ApiFailure } from './api-failure.ts'

export interface ApiRequest {
  readonly method?: 'GET' | 'POST'
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
}

/**
 * Calls `/api/v1` and gives the body of the answer, undefined for 204. The pages and the API come from the
 * same gateway and share the contract's types, so the body is not checked again. Throws `ApiFailure` only.
 */
export async function request<Answer>(path: string, { method = 'GET', query, body }: ApiRequest = {}): Promise<Answer> {
  const response = await fetch(apiUrl(path, query), {
    method,
    headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new ApiFailure({ type: 'about:blank', title: texts.problem.unreachable, status: 0 })
  })
  if (!response.ok) throw new ApiFailure(await readProblem(response))
  return (response.status === 204 ? undefined : await response.json()) as Answer
}

/** The address of an API resource; members of `query` that are undefined or empty are left out. */
export function apiUrl(path: string, query?: ApiRequest['query']): string {
  return hrefOf(`/api/v1${path}`, query)
}

/** A proxy in between may answer with a page of its own instead of a problem document. */
async function readProblem(response: Response): Promise<Problem> {
  const isProblem = response.headers.get('content-type')?.includes('json') ?? false
  const problem = isProblem ? ((await response.json().catch(() => undefined)) as Problem | undefined) : undefined
  return problem?.title === undefined
    ? { type: 'about:blank', title: texts.problem.unexpected(response.status), status: response.status }
    : { ...problem, status: response.status }
}
