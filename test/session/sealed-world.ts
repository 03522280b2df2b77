import { generateKeyPairSync } from 'node:crypto'
import { crc32, deflateRawSync } from 'node:zlib'
import { type SQL, sql } from 'drizzle-orm'
import { onTestFinished } from 'vitest'
import { systemClock } from '#gateway/clock.ts'
import type { RecordedEvent } from '#gateway/recording/event.ts'
import { encodeEvents } from '#gateway/recording/frame.ts'
import { Altered } from '#gateway/recording/seal/altered.ts'
import { genesis } from '#gateway/recording/seal/chain.ts'
import { ChannelChain } from '#gateway/recording/seal/channel-chain.ts'
import { eraseEvents } from '#gateway/recording/seal/erase-events.ts'
import { statePositions } from '#gateway/recording/seal/positions.ts'
import { leafHash } from '#gateway/recording/seal/session-log.ts'
import { SigningKey } from '#gateway/recording/seal/signing-key.ts'
import { createSigner, publicKeyOf, readStatement, type Signer } from '#gateway/recording/seal/statement.ts'
import { TreeHeads } from '#gateway/recording/seal/tree-heads.ts'
import { verificationText, verificationView } from '#gateway/recording/seal/verification-view.ts'
import type { KeptHead } from '#gateway/recording/seal/verify-log.ts'
import { interruptSession } from '#gateway/session/interrupt-session.ts'
import { verifyEverything } from '#gateway/session/verify-everything.ts'
import { verdictOnRecord } from '#gateway/session/verify-recorded-session.ts'
import { storesOn } from '#gateway/start/open-database.ts'
import type { Queries } from '#gateway/storage/database.ts'
import { appendToLog } from '#gateway/storage/session-log-store.ts'
import { recordSession } from '#test/api/recorded-session.ts'
import { testDatabase } from '#test/harness/database.ts'
import { loggedSigningKey, TEST_GATEWAY } from '#test/harness/signing.ts'
import { sampleAccess, sampleKey } from '#test/storage/sample-access.ts'

export type SealedWorld = Awaited<ReturnType<typeof sealedWorld>>

/** Two sealed sessions of `ivan` on `web1.acme`, in a database that somebody may alter who has all rights on it; gone `atEnd`. */
export async function sealedWorld(atEnd: (close: () => Promise<void>) => void = onTestFinished) {
  const test = await testDatabase()
  atEnd(() => test[Symbol.asyncDispose]())
  const stores = storesOn(test.database)
  const access = await sampleAccess(test.database)
  const person = { login: 'petr', name: 'Petr', email: 'petr@example.org', roles: ['engineer' as const] }
  const other = await stores.staff.add(person, [sampleKey()], 'operator')
  const record = (startedAt: string, endedAfterS?: number) =>
    recordSession(stores, {
      ...access,
      startedAt: new Date(startedAt),
      ...(endedAfterS !== undefined && { endedAfterS }),
    })
  const id = await record('2026-11-23T12:00:00Z', 120)
  const neighbour = await record('2026-11-23T13:00:00Z', 120)

  /** Nothing that PostgreSQL guards stands in the way. */
  const alter = (...statements: readonly SQL[]) =>
    test.database.change(async (tx: Queries) => {
      await tx.execute(sql`set local session_replication_role = replica`)
      for (const statement of statements) await tx.execute(statement)
    })

  async function eventsOf(session: string, channel = 0): Promise<RecordedEvent[]> {
    const events: RecordedEvent[] = []
    for await (const event of stores.records.events(session, channel)) events.push(event)
    return events
  }

  const key = await loggedSigningKey(stores.sessionLog)
  let remembered: string | undefined

  return {
    ...test,
    /** The newest key of the gateway. */
    key,
    stores,
    access,
    other,
    id,
    neighbour,
    record,
    alter,
    eventsOf,
    /** What `gatebook verify` says of a session. */
    async verified(session = id): Promise<string> {
      return verificationText(verificationView(session, await verdictOnRecord(stores, session)))
    },
    /** Signs the head of the log as it is; gives it, as somebody outside keeps it. */
    async signHead(by: SigningKey = key): Promise<KeptHead> {
      const heads = await TreeHeads.open({
        gatewayId: TEST_GATEWAY,
        key: by,
        log: stores.sessionLog,
        memory: { read: async () => undefined, write: async () => {}, forget: async () => {} },
        clock: systemClock,
        publish: (statement) => (remembered = statement),
        renewKey: async () => {},
        onTrouble: (error) => {
          throw error
        },
      })
      await heads.close()
      return { statement: remembered ?? '', keptIn: 'a drawer' }
    },
    /** Signs how far a session that goes on is recorded, as its gateway does every five seconds. */
    async checkpoint(session: string, by: Signer = key): Promise<void> {
      const positions = statePositions(await stores.sessionLog.positions(session))
      const statement = by.sign('checkpoint', { session, at: '2026-11-23T20:00:00.000Z', ...positions })
      await alter(sql`update session set checkpoint = ${statement} where id = ${session}`)
    },
    /** The bytes of event 4 of channel 0, `ls` and Enter, are gone from every row, with a statement or without. */
    async erasePassword({ isSigned }: { readonly isSigned: boolean }): Promise<void> {
      const ofChannel = sql`session_id = ${id} and channel = 0`
      const [block] = await stores.evidence.salts(id, 0)
      if (block === undefined) throw new Error('no salts')
      const erased = eraseEvents(block, await eventsOf(id), new Set([4]))
      const raw = encodeEvents(erased.events)
      const data = deflateRawSync(raw)
      await alter(
        sql`update frame set data = ${data}, crc32 = ${crc32(data)}, raw_length = ${raw.length} where ${ofChannel}`,
        sql`update event_salt set salts = ${erased.block.salts} where ${ofChannel}`,
        sql`update keystroke_run set data = convert_to('***', 'UTF8') where ${ofChannel} and seq = 0`,
      )
      if (!isSigned) return
      const said = { session: id, channel: 0, events: [4], reason: 'a password', at: '2026-11-23T15:00:00.000Z' }
      const statement = key.sign('erasure', said)
      await test.database.change((tx) => appendToLog(tx, { kind: 'erasure', sessionId: id, statement }))
    },
    /** The next key of the gateway, as a day later. */
    async changeKey(): Promise<SigningKey> {
      const { privateKey } = generateKeyPairSync('ed25519')
      const at = '2026-11-24T00:00:00.000Z'
      const said = { gateway: TEST_GATEWAY, key: publicKeyOf(privateKey), previous: key.keyId, at }
      await stores.sessionLog.appendKey(key.sign('key', said))
      const signer = createSigner(privateKey)
      return new SigningKey(signer, async () => signer)
    },
    /** Ends a session that goes on, as its gateway does after a crash. */
    interrupt: (session: string) =>
      interruptSession({ ...stores, signingKey: key, clock: systemClock }, session, 'the gateway stopped'),
    /** `notes` becomes `votes`, and whoever did that has the signing key: the closing and all that is not signed fits. */
    async rewriteWithKey(): Promise<void> {
      const events = (await eventsOf(id)).map((event) =>
        event.seq === 5 ? Object.assign(event, { data: Buffer.from('ls\r\nvotes\r\n$ ') }) : event,
      )
      await this.replaceEvents(events)
      const closing = (await stores.sessionLog.statements(id)).log[1]
      const positions = statePositions(await stores.sessionLog.positions(id))
      const forged = key.sign('closing', { ...readStatement(closing?.statement ?? '')?.payload, ...positions })
      const place = closing?.index ?? -1
      await alter(
        sql`update session_log set statement = ${forged}, leaf_hash = ${leafHash(forged)} where index = ${place}`,
      )
    },
    /** What `gatebook verify --all` says, of the log and then of each session that is altered. */
    async everything(...kept: readonly KeptHead[]): Promise<string[]> {
      const altered: string[] = []
      let log = 'intact'
      try {
        await verifyEverything(stores, kept, (found) => {
          if (found.verdict === 'altered') altered.push(`${found.session}: ${found.what}`)
        })
      } catch (error) {
        if (!(error instanceof Altered)) throw error
        log = error.alteration.what
      }
      return [log, ...altered]
    },
    /** One frame of channel 0 from other events; everything that is not signed is made to fit. */
    async replaceEvents(events: readonly RecordedEvent[], session = id): Promise<void> {
      const { log } = await stores.sessionLog.statements(session)
      const chain = new ChannelChain(genesis(log[0]?.statement ?? '', 0))
      const renumbered = events.map((event, seq) => ({ ...event, seq }))
      const checks = Buffer.from(renumbered.map((event) => chain.extend(event)))
      const raw = encodeEvents(renumbered)
      const data = deflateRawSync(raw)
      const ofChannel = sql`session_id = ${session} and channel = 0`
      const [first, last] = [events[0]?.atUs ?? 0, events.at(-1)?.atUs ?? 0]
      const month = '2026-11-01'
      await alter(
        sql`delete from frame where ${ofChannel}`,
        sql`delete from event_salt where ${ofChannel}`,
        sql`insert into frame (month, session_id, channel, seq, events, from_us, to_us, raw_length, data, checks, crc32)
          values (${month}, ${session}, 0, 0, ${events.length}, ${first}, ${last}, ${raw.length}, ${data}, ${checks},
          ${crc32(data)})`,
        ...chain.takeSalts().map(
          ({ seq, salts }) => sql`insert into event_salt (month, session_id, channel, seq, salts)
            values (${month}, ${session}, 0, ${seq}, ${salts})`,
        ),
        sql`update channel set head = ${chain.head}, archived_seq = ${events.length - 1} where ${ofChannel}`,
      )
    },
  }
}
