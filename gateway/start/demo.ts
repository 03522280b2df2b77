import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { join } from 'node:path'
import { isStaffLogin } from '../access/names.ts'
import { parsePublicKeyFile } from '../access/public-key-line.ts'
import { newSignInLink } from '../access/sign-in-link.ts'
import type { NewStaffKey, Staff } from '../access/staff.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { string, wireMessage } from '../transport/wire.ts'
import { makeSupportKeyPair } from '../vault/support-key-pair.ts'
import { sshAddress } from './ssh-address.ts'
import type { RunningGateway } from './start-gateway.ts'

const ACTOR = 'demo'

/** What a newcomer types and opens next. */
export interface DemoLines {
  readonly ssh: string
  readonly pages: string
  readonly minutes: string
}

/**
 * Makes the demo's client, target, support key and staff, where they are missing, and says what to
 * do with them. Running it again changes nothing, except that a revoked key is issued anew.
 */
export async function setUpDemo(gateway: RunningGateway, config: Config, clock: Clock): Promise<DemoLines> {
  const { stores, vault } = gateway
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const client =
    (await stores.clients.bySlug('demo')) ??
    (await stores.clients.add({ slug: 'demo', name: 'Demo client', zone, language: 'en' }, ACTOR))
  const target =
    (await stores.targets.byName('box', 'demo')) ??
    (await stores.targets.add(
      {
        clientSlug: 'demo',
        name: 'box',
        reach: { kind: 'local-shell' },
        login: 'demo',
        logins: [],
        notes: 'A shell on this machine, to try Gatebook with.',
        sealedPassword: undefined,
      },
      ACTOR,
    ))
  const key = await stores.supportKeys.current(client.id)
  if (key === undefined || key.state === 'revoked') {
    const pair = makeSupportKeyPair(vault, client.id)
    await stores.supportKeys.issue(client.id, pair.publicBlob, pair.sealedPrivate, ACTOR)
  }
  const { keys, identity } = ownKeys(config.dataDirectory)
  const staff = await ourStaff(gateway, keys)
  const granted = (await stores.grants.list()).some(
    (grant) => grant.staffId === staff.id && grant.revokedAt === undefined,
  )
  if (!granted)
    await stores.grants.add({ staffId: staff.id, clientId: client.id, targetId: undefined, until: undefined }, ACTOR)
  const links = { signIns: stores.signIns, clock, publicUrl: config.publicUrl }
  return {
    ssh: `ssh ${identity}${sshAddress(config, `${target.name}.${client.slug}`)}`,
    pages: await newSignInLink(links, { kind: 'staff', staffId: staff.id }),
    minutes: `npx gatebook time --month ${clock.now().toISOString().slice(0, 7)}`,
  }
}

/** The person who runs the demo: known by one of these keys already, or new. */
async function ourStaff({ stores }: RunningGateway, keys: readonly NewStaffKey[]): Promise<Staff> {
  for (const { blob } of keys) {
    const known = await stores.staff.byKey(blob)
    if (known !== undefined) return known
  }
  const { username } = userInfo()
  const login = isStaffLogin(username) ? username : 'demo'
  const known = await stores.staff.byLogin(login)
  if (known === undefined) {
    const roles = ['admin', 'engineer', 'auditor', 'billing'] as const
    return stores.staff.add({ login, name: login, email: `${login}@localhost`, roles }, keys, ACTOR)
  }
  for (const key of keys) await stores.staff.addKey(known.id, key, ACTOR)
  return known
}

/** The public keys in `~/.ssh`; where there are none, one made for the demo, and how to tell ssh of it. */
function ownKeys(dataDirectory: string): { keys: readonly NewStaffKey[]; identity: string } {
  const directory = join(homedir(), '.ssh')
  const files = existsSync(directory) ? readdirSync(directory).filter((name) => name.endsWith('.pub')) : []
  const keys = files.flatMap((name) => readKeys(join(directory, name)))
  if (keys.length > 0) return { keys, identity: '' }
  const path = join(dataDirectory, 'demo_key')
  return { keys: readKeys(makeKey(path)), identity: `-i ${path} ` }
}

/** Keys of a kind the gateway does not take are no use here, and no error. */
function readKeys(path: string): readonly NewStaffKey[] {
  try {
    return parsePublicKeyFile(readFileSync(path, 'utf8'))
  } catch {
    return []
  }
}

/** An ECDSA key: its PEM form (RFC 5915) is one that every OpenSSH reads. */
function makeKey(path: string): string {
  const publicPath = `${path}.pub`
  if (existsSync(publicPath)) return publicPath
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  const blob = wireMessage(string('ecdsa-sha2-nistp256'), string('nistp256'), string(point))
  writeFileSync(path, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
  writeFileSync(publicPath, `ecdsa-sha2-nistp256 ${blob.toString('base64')} gatebook demo\n`)
  return publicPath
}
