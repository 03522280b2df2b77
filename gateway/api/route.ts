import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { PageReader } from '../access/page-rights.ts'

/** A route of `/api/v1` as data: it is served from this, described from this and tested from this. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** As OpenAPI writes it, below `/api/v1`: `/sessions/{id}`. */
  readonly path: string
  readonly summary: string
  /** Needs no sign-in. */
  readonly open: boolean
  readonly params: z.ZodObject
  readonly query: z.ZodObject
  readonly body: z.ZodType | undefined
  /** Undefined: 204, no content. */
  readonly answer: z.ZodType | undefined
  /** Of the answer; JSON unless said. */
  readonly mediaType?: string
  /** It has an entity tag, so that nobody need read twice what did not change. */
  readonly tagged?: boolean
  /** It answers for as long as there is something to say. */
  readonly lasts?: boolean
  readonly handle: (asked: Asked<PageReader | undefined, unknown, unknown, unknown>) => Promise<unknown>
}

interface Asked<Reader, Params, Query, Body> {
  readonly reader: Reader
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

interface Definition<P, Q, B, A> extends Pick<Route, 'method' | 'path' | 'summary' | 'mediaType' | 'tagged'> {
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer?: A
}

type Signed<P, Q, B> = Asked<PageReader, z.output<P>, z.output<Q>, z.output<B>>
type Unsigned<P, Q, B> = Omit<Signed<P, Q, B>, 'reader'>

const nothing = z.object({})
type Nothing = typeof nothing

/** A route for people who are signed in. Its handler gets parsed values and the reader, and judges the rights. */
export function route<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodVoid,
>(definition: Definition<P, Q, B, A> & { handle: (asked: Signed<P, Q, B>) => Promise<z.output<A>> }): Route {
  const { params = nothing, query = nothing, body, answer } = definition
  // Only values parsed by the schemas beside it reach `handle`: the types it was written for hold.
  return { ...definition, open: false, params, query, body, answer, handle: definition.handle as Route['handle'] }
}

/** A route that anyone may call: there may be no reader. */
export function openRoute<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = z.ZodUndefined,
  A extends z.ZodType = z.ZodVoid,
>(definition: Definition<P, Q, B, A> & { handle: (asked: Unsigned<P, Q, B>) => Promise<z.output<A>> }): Route {
  return { ...route(definition), open: true }
}

/** A route whose answer goes on: its handler gives the text piece by piece, as fast as it is read. */
export function streamRoute<P extends z.ZodObject>(
  definition: Pick<Route, 'path' | 'summary' | 'mediaType'> & {
    readonly params: P
    handle: (asked: Signed<P, Nothing, z.ZodUndefined>) => Promise<AsyncIterable<string>>
  },
): Route {
  const { handle } = definition
  const streamed = async (asked: Parameters<typeof handle>[0]) => {
    const pieces = await handle(asked)
    // A connection that is kept for another request would keep a gateway from stopping.
    asked.reply.header('connection', 'close')
    return Readable.from(pieces, { objectMode: false })
  }
  const whole = {
    method: 'GET',
    open: false,
    lasts: true,
    query: nothing,
    body: undefined,
    answer: z.string(),
  } as const
  return { ...definition, ...whole, handle: streamed as Route['handle'] }
}
