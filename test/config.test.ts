import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseConfig } from '#gateway/config.ts'
import { GatewayError } from '#gateway/errors.ts'
import { settingsTable } from '#gateway/settings-table.ts'
import { settings } from '#gateway/settings.ts'

function refusalOf(environment: Record<string, string>): string {
  try {
    parseConfig(environment)
  } catch (error) {
    if (error instanceof GatewayError && error.code === 'bad-input') return error.message
    throw error
  }
  throw new Error('the settings were taken')
}

describe('settings', () => {
  it('have the defaults of product.md when nothing is set', () => {
    expect(parseConfig({})).toEqual({
      databaseUrl: undefined,
      dataDirectory: path.resolve('data'),
      sshListen: { host: '0.0.0.0', port: 2222 },
      httpListen: { host: '127.0.0.1', port: 8080 },
      publicUrl: 'http://localhost:8080',
      publicSsh: { host: 'localhost', port: 2222 },
      publicAddress: undefined,
      masterKeyFile: path.resolve('data/master.key'),
      userCaFile: undefined,
      revokedKeysFile: undefined,
      totpRequired: false,
      totpRememberS: 0,
      fidoTouchRequired: true,
      fidoPinRequired: false,
      durability: 'process',
      loginGraceS: 120,
      penaltyMaxS: 600,
      penaltyExempt: ['127.0.0.0/8', '::1'],
      idleS: 0,
      leaseS: 20,
      journalMaxBytes: 1_073_741_824,
    })
  })

  it('are taken as they are given', () => {
    expect(
      parseConfig({
        DATABASE_URL: 'postgresql://gatebook@localhost/gatebook?host=%2Frun%2Fpostgresql',
        GATEBOOK_DATA: '/var/lib/gatebook',
        GATEBOOK_SSH_LISTEN: '[::]:22',
        GATEBOOK_HTTP_LISTEN: 'pages.internal:80',
        GATEBOOK_PUBLIC_URL: 'https://bastion.example/',
        GATEBOOK_PUBLIC_SSH: 'bastion.example',
        GATEBOOK_PUBLIC_ADDRESS: '203.0.113.7, 2001:db8::/64',
        GATEBOOK_MASTER_KEY_FILE: '/etc/gatebook/master.key',
        GATEBOOK_USER_CA_FILE: 'etc/user_ca.pub',
        GATEBOOK_REVOKED_KEYS_FILE: '/etc/gatebook/revoked',
        GATEBOOK_TOTP_REQUIRED: 'yes',
        GATEBOOK_TOTP_REMEMBER_S: '3600',
        GATEBOOK_FIDO_TOUCH_REQUIRED: 'no',
        GATEBOOK_FIDO_PIN_REQUIRED: 'yes',
        GATEBOOK_DURABILITY: 'power',
        GATEBOOK_LOGIN_GRACE_S: '30',
        GATEBOOK_PENALTY_MAX_S: '0',
        GATEBOOK_PENALTY_EXEMPT: '203.0.113.7, 2001:db8::/64',
        GATEBOOK_IDLE_S: '900',
        GATEBOOK_LEASE_S: '60',
        GATEBOOK_JOURNAL_MAX_BYTES: '8388608',
      }),
    ).toEqual({
      databaseUrl: 'postgresql://gatebook@localhost/gatebook?host=%2Frun%2Fpostgresql',
      dataDirectory: '/var/lib/gatebook',
      sshListen: { host: '::', port: 22 },
      httpListen: { host: 'pages.internal', port: 80 },
      publicUrl: 'https://bastion.example',
      publicSsh: { host: 'bastion.example', port: 22 },
      publicAddress: '203.0.113.7,2001:db8::/64',
      masterKeyFile: '/etc/gatebook/master.key',
      userCaFile: path.resolve('etc/user_ca.pub'),
      revokedKeysFile: '/etc/gatebook/revoked',
      totpRequired: true,
      totpRememberS: 3600,
      fidoTouchRequired: false,
      fidoPinRequired: true,
      durability: 'power',
      loginGraceS: 30,
      penaltyMaxS: 0,
      penaltyExempt: ['203.0.113.7', '2001:db8::/64'],
      idleS: 900,
      leaseS: 60,
      journalMaxBytes: 8_388_608,
    })
  })

  it('derive what people type from where the gateway listens', () => {
    const config = parseConfig({ GATEBOOK_HTTP_LISTEN: '[2001:db8::1]:80', GATEBOOK_SSH_LISTEN: '192.0.2.1:22' })
    expect(config.publicUrl).toBe('http://[2001:db8::1]:80')
    expect(config.publicSsh).toEqual({ host: '192.0.2.1', port: 22 })
  })

  it('count as unset when empty, as docker compose passes them', () => {
    expect(parseConfig({ DATABASE_URL: '', GATEBOOK_PUBLIC_ADDRESS: '', GATEBOOK_LOGIN_GRACE_S: '' })).toEqual(
      parseConfig({}),
    )
  })

  it('tell every mistake at once and none of the values', () => {
    const secret = 'hunter2'
    const message = refusalOf({
      DATABASE_URL: `mysql://root:${secret}@db/x`,
      GATEBOOK_SSH_LISTEN: `${secret}:port`,
      GATEBOOK_HTTP_LISTEN: '8080',
      GATEBOOK_DURABILITY: secret,
      GATEBOOK_SSH_LISTN: secret,
      GATEBOOK_PUBLIC_ADDRESS: `203.0.113.7,${secret}`,
    })
    const lines = message.split('\n')
    expect(lines).toHaveLength(6)
    expect(lines[0]).toBe('GATEBOOK_SSH_LISTN is no setting of gatebook: did you mean GATEBOOK_SSH_LISTEN?')
    expect(lines[1]).toMatch(/^DATABASE_URL must be a URL such as postgres:/)
    expect(message).not.toContain(secret)
  })

  it.each([
    ['GATEBOOK_LOGIN_GRACE_S', ['1', '600'], ['0', '601', '1.5', '-1', '1e2', ' 5']],
    ['GATEBOOK_TOTP_REQUIRED', ['yes', 'no'], ['true', '1', 'Yes']],
    ['GATEBOOK_TOTP_REMEMBER_S', ['0', '2592000'], ['2592001', '-1', '1h']],
    ['GATEBOOK_PENALTY_MAX_S', ['0', '86400'], ['86401', '10m']],
    ['GATEBOOK_PENALTY_EXEMPT', ['none', '192.0.2.0/24', '::1'], ['any', '192.0.2.0/33', '192.0.2.1,', 'none,::1']],
    ['GATEBOOK_FIDO_PIN_REQUIRED', ['yes', 'no'], ['on']],
    ['GATEBOOK_JOURNAL_MAX_BYTES', ['8388608'], ['8388607', '1G']],
    ['GATEBOOK_SSH_LISTEN', ['0.0.0.0:0', '[::1]:65535'], ['0.0.0.0:65536', '::1:22', '[1.2.3.4]:22', '2222', ':22']],
    ['GATEBOOK_PUBLIC_SSH', ['bastion', '[2001:db8::1]:22', '2001:db8::1'], ['bastion:ssh', 'a b', '']],
    ['GATEBOOK_PUBLIC_ADDRESS', ['192.0.2.0/32', '::/128'], ['192.0.2.0/33', '::/129', '192.0.2.1,', '192.0.2.1"']],
    ['GATEBOOK_PUBLIC_URL', ['http://localhost:8080'], ['ftp://x', 'bastion.example']],
  ])('take %s up to its limits', (name, good, bad) => {
    for (const value of good) expect(() => parseConfig({ [name]: value })).not.toThrow()
    for (const value of bad.filter((each) => each !== ''))
      expect(refusalOf({ [name]: value })).toMatch(`${name} must be`)
  })

  it('leave alone what staff send as environment, which an operator may have set too', () => {
    expect(() => parseConfig({ GATEBOOK_TASK: 'ACME-17', GATEBOOK_REASON: 'disk full', PATH: '/bin' })).not.toThrow()
  })

  it('are in the table of README.md as they are in the program', async () => {
    const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
    const [, table] = /<!-- settings -->\n([^]*?)\n<!-- \/settings -->/.exec(readme) ?? []
    expect(table).toBe(settingsTable())
  })

  it('all have a unit, a default and a meaning in the table', () => {
    for (const setting of settings) {
      expect(settingsTable()).toContain(`| \`${setting.name}\` | ${setting.default} | ${setting.unit} |`)
      expect(setting.meaning).not.toBe('')
    }
  })
})
