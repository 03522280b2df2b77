import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fingerprint } from '#gateway/access/fingerprint.ts'
import { parsePublicKeyFile } from '#gateway/access/public-key-line.ts'
import { newFidoKey } from '#test/harness/fido-key.ts'
import { needsProgram } from '#test/harness/requirement.ts'

const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIdZUQzcpYZpEPCKj3b2Y7aVbfMs3lqZf6f0dCpkQ7Ze ivan@laptop'
const refusal = (message: RegExp) =>
  expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(message) })

/** An SSH public key of these wire strings. */
function lineOf(type: string, ...fields: Buffer[]): string {
  const strings = [Buffer.from(type), ...fields].map((field) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(field.length)
    return Buffer.concat([length, field])
  })
  return `${type} ${Buffer.concat(strings).toString('base64')}`
}

function rsa(bits: number): string {
  const modulus = Buffer.alloc(bits / 8 + 1, 0xff)
  modulus[0] = 0
  return lineOf('ssh-rsa', Buffer.of(1, 0, 1), modulus)
}

const skEcdsa = 'sk-ecdsa-sha2-nistp256@openssh.com'

function fido(...fields: Buffer[]): string {
  return lineOf('sk-ssh-ed25519@openssh.com', ...fields)
}

describe('a public key file', () => {
  it('gives each key with its comment; empty lines and remarks are passed over', () => {
    const keys = parsePublicKeyFile(`# my keys\n\n${ed25519}\r\n${rsa(2048)} two words\n`)
    expect(keys.map(({ type, comment }) => [type, comment])).toEqual([
      ['ssh-ed25519', 'ivan@laptop'],
      ['ssh-rsa', 'two words'],
    ])
  })

  it('is refused when it is a private key', () => {
    for (const text of [
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl',
      '-----BEGIN RSA PRIVATE KEY-----',
      'PuTTY-User-Key-File-3: x',
    ]) {
      expect(() => parsePublicKeyFile(text)).toThrow(refusal(/this is a private key/))
    }
  })

  it.each([
    ['empty', '', /there is no public key in it/],
    ['in the format of RFC 4716', '---- BEGIN SSH2 PUBLIC KEY ----', /RFC 4716/],
    ['a FIDO key of no known type', lineOf('sk-rsa@openssh.com', Buffer.alloc(256, 1)), /does not begin with the type/],
    ['a FIDO key without an application', fido(Buffer.alloc(32)), /damaged/],
    ['a FIDO key for an empty application', fido(Buffer.alloc(32), Buffer.alloc(0)), /damaged/],
    ['a FIDO key of 31 bytes', fido(Buffer.alloc(31), Buffer.from('ssh:')), /damaged/],
    ['a FIDO key with more behind it', fido(Buffer.alloc(32), Buffer.from('ssh:'), Buffer.from('x')), /damaged/],
    [
      'a FIDO key with a point beside the curve',
      lineOf(skEcdsa, Buffer.from('nistp256'), Buffer.alloc(65, 4), Buffer.from('ssh:')),
      /damaged/,
    ],
    ['a certificate', 'ssh-ed25519-cert-v01@openssh.com AAAA', /this is a certificate, not a key/],
    ['a DSA key', 'ssh-dss AAAA', /DSA keys are not safe/],
    ['something else', 'hello world', /does not begin with the type/],
    ['not base64', 'ssh-ed25519 !!!!', /not base64/],
    ['cut short', ed25519.split(' ', 2).join(' ').slice(0, -8), /damaged/],
    ['of another type than it says', ed25519.replace('ssh-ed25519', 'ssh-rsa'), /damaged/],
    ['named like a member of every object', 'constructor AAAA', /does not begin with the type/],
    [
      'a point beside the curve',
      lineOf('ecdsa-sha2-nistp256', Buffer.from('nistp256'), Buffer.alloc(65, 4)),
      /damaged/,
    ],
    ['ed25519 of 31 bytes', lineOf('ssh-ed25519', Buffer.alloc(31)), /damaged/],
    ['RSA of 1024 bits', rsa(1024), /1024 bits/],
    ['RSA of 2040 bits', rsa(2040), /2040 bits/],
    ['RSA of 16392 bits', rsa(16_392), /16392 bits/],
  ])('is refused when it is %s', (_, text, message) => {
    expect(() => parsePublicKeyFile(text)).toThrow(refusal(message))
  })

  it('takes RSA of 2048 and of 16384 bits', () => {
    expect(parsePublicKeyFile(`${rsa(2048)}\n${rsa(16_384)}`)).toHaveLength(2)
  })
})

describe('a FIDO key', () => {
  it.each(['sk-ssh-ed25519@openssh.com', skEcdsa] as const)('of type %s is taken', (type) => {
    const { blob } = newFidoKey(type)
    expect(parsePublicKeyFile(`${type} ${blob.toString('base64')} my touch key`)).toEqual([
      { type, blob, comment: 'my touch key' },
    ])
  })
})

describe('keys of ssh-keygen', needsProgram('ssh-keygen', 'openssh-client'), () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'gatebook-keys-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['ecdsa', ['-b', '384']],
    ['ecdsa', ['-b', '521']],
    ['rsa', ['-b', '2048']],
  ])('of type %s %j are taken and have its fingerprint', (type, size) => {
    const file = join(folder, `${type}${size.join('')}`)
    execFileSync('ssh-keygen', ['-q', '-t', type, ...size, '-N', '', '-C', 'test', '-f', file])
    const [key] = parsePublicKeyFile(readFileSync(`${file}.pub`, 'utf8'))
    expect(execFileSync('ssh-keygen', ['-lf', `${file}.pub`], { encoding: 'utf8' })).toContain(fingerprint(key!.blob))
    expect(() => parsePublicKeyFile(readFileSync(file, 'utf8'))).toThrow(refusal(/private key/))
  })
})
