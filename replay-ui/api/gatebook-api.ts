import type {
  ClientView,
  FilePage,
  KeystrokeList,
  PrincipalView,
  SessionDetail,
  SessionPage,
  SessionView,
  SupportKeyView,
  TimeReport,
} from '#shared/api.ts'
import type { AuditPage } from '#shared/audit.ts'
import type { CommandPage } from '#shared/search.ts'
import type { SessionVerification } from '#shared/seal.ts'
import type { NewTaskBody, TaskPage, TaskStatus, TaskView } from '#shared/task.ts'
import { ApiFailure } from './api-failure.ts'
import type { StatementView } from '#shared/statement.ts'
import { type ApiRequest, apiUrl, request } from './request.ts'

/** What `GET /sessions` filters by; instants are RFC 3339. */
export interface SessionSearch {
  readonly client?: string | undefined
  readonly staff?: string | undefined
  readonly target?: string | undefined
  readonly task?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly live?: boolean | undefined
  readonly cursor?: string | undefined
  readonly limit?: number | undefined
}

/** What `GET /audit` filters by; instants are RFC 3339. */
export interface TrailSearch {
  readonly client?: string | undefined
  readonly actor?: string | undefined
  /** An action, or how it begins. */
  readonly action?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
  readonly cursor?: string | undefined
}

/** One channel of a session, replayed with pauses longer than `idleS` seconds shortened; 0 keeps every pause. */
export interface ReplaySource {
  readonly session: string
  readonly channel: number
  readonly idleS: number
}

export type KeyMove = 'pause' | 'resume' | 'revoke'
export type GatebookApi = ReturnType<typeof createApi>

/** The API as the pages use it. Every call throws `ApiFailure`; `onSignedOut` hears of each 401 but a sign-in's. */
export function createApi(onSignedOut: () => void) {
  async function call<Answer>(path: string, options?: ApiRequest): Promise<Answer> {
    try {
      return await request<Answer>(path, options)
    } catch (failure) {
      if (failure instanceof ApiFailure && failure.problem.status === 401) onSignedOut()
      throw failure
    }
  }
  const items = async <Item>(path: string, query?: ApiRequest['query']): Promise<readonly Item[]> =>
    (await call<{ items: Item[] }>(path, query === undefined ? {} : { query })).items

  return {
    signIn: (token: string) => request<PrincipalView>('/sign-in', { method: 'POST', body: { token } }),
    signOut: () => request<void>('/sign-out', { method: 'POST' }),
    me: () => request<PrincipalView>('/me'),
    sessions: ({ live, limit, ...search }: SessionSearch) =>
      call<SessionPage>('/sessions', {
        query: { ...search, live: live === true ? 'true' : undefined, limit: limit?.toString() },
      }),
    session: (id: string) => call<SessionDetail>(`/sessions/${encodeURIComponent(id)}`),
    killSession: (id: string, body: { readonly message?: string }) =>
      call<SessionView>(`/sessions/${encodeURIComponent(id)}/kill`, { method: 'POST', body }),
    verification: (id: string) => call<SessionVerification>(`/sessions/${encodeURIComponent(id)}/verification`),
    keystrokes: ({ idleS, ...source }: ReplaySource) =>
      call<KeystrokeList>(`${channelPath(source)}/keystrokes`, { query: { idle: String(idleS) } }),
    commands: (session: string, cursor?: string) =>
      call<CommandPage>(`/sessions/${encodeURIComponent(session)}/commands`, { query: { cursor } }),
    files: (session: string, cursor?: string) =>
      call<FilePage>(`/sessions/${encodeURIComponent(session)}/files`, { query: { cursor } }),
    auditTrail: (search: TrailSearch) => call<AuditPage>('/audit', { query: { ...search } }),
    clients: () => items<ClientView>('/clients'),
    client: (slug: string) => call<ClientView>(clientPath(slug)),
    supportKey: (slug: string) => call<SupportKeyView>(`${clientPath(slug)}/key`),
    moveSupportKey: (slug: string, move: KeyMove) =>
      call<SupportKeyView>(`${clientPath(slug)}/key/${move}`, { method: 'POST' }),
    tasks: (query: { readonly client: string; readonly status: TaskStatus }) =>
      call<TaskPage>('/tasks', { query: { ...query, limit: '200' } }),
    raiseTask: (body: NewTaskBody) => call<TaskView>('/tasks', { method: 'POST', body }),
    moveTask: (number: string, move: 'close' | 'reopen') =>
      call<TaskView>(`/tasks/${encodeURIComponent(number)}/${move}`, { method: 'POST' }),
    statement: ({ client, month }: { readonly client: string; readonly month: string }) =>
      call<StatementView>(`/clients/${encodeURIComponent(client)}/statements/${month}`),
    time: (query: { readonly client?: string | undefined; readonly month: string }) =>
      call<TimeReport>('/time', { query }),
  }
}

/** Where the player reads the index of a recording. */
export function replayUrl({ idleS, ...source }: ReplaySource): string {
  return apiUrl(`${channelPath(source)}/replay`, { idle: String(idleS) })
}

/** Where the player hears of what happens on a live channel. */
export function liveUrl(source: Omit<ReplaySource, 'idleS'>): string {
  return apiUrl(`${channelPath(source)}/live`)
}

function channelPath({ session, channel }: Omit<ReplaySource, 'idleS'>): string {
  return `/sessions/${encodeURIComponent(session)}/channels/${channel}`
}

function clientPath(slug: string): string {
  return `/clients/${encodeURIComponent(slug)}`
}
