import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { type Command, Option } from 'commander'
import { base32, otpauthUri } from '../access/otpauth-uri.ts'
import type { Staff } from '../access/staff.ts'
import { stepOfCode, TOTP_SECRET_BYTES } from '../access/totp.ts'
import { GatewayError } from '../errors.ts'
import { QR_BYTES_MAX, qrCode } from '../printing/qr/qr-code.ts'
import { qrText } from '../printing/qr/qr-text.ts'
import { sealTotpSecret } from '../vault/totp-secret.ts'
import { staffLoginArgument } from './argument-parsers.ts'
import { type Desk, type OpenInstallation, OPERATOR } from './desk.ts'
import { jsonOption } from './json-option.ts'
import { findStaff } from './named-things.ts'

interface TotpOptions {
  readonly remove?: true
  readonly json?: true
}

const TRIES = 3
const QUESTION = 'Type the code that the app shows now: '

/** `gatebook staff totp`: the second factor of a person. */
export function staffTotpCommand(staff: Command, desk: Desk): void {
  staff
    .command('totp')
    .description('give a person a second factor: codes of an authenticator app, asked for behind the key')
    .argument('<login>', 'who', staffLoginArgument)
    .addOption(new Option('--remove', 'take it away: then the key alone lets them in').conflicts('json'))
    .addOption(jsonOption())
    .addHelpText(
      'after',
      `
The secret is shown once, here. On a terminal it counts when the app's first code was typed; elsewhere at once. A new
one takes the place of the old.

Examples:
  gatebook staff totp ivan
  gatebook staff totp ivan --remove`,
    )
    .action((login: string, options: TotpOptions) =>
      desk.withStores(async (open) => {
        const person = await findStaff(open.stores, login)
        if (!options.remove) return await enrol(desk, open, person, options)
        await open.stores.secondFactors.remove(person.id, OPERATOR)
        desk.note(`${login} has no second factor any more`)
      }),
    )
}

async function enrol(
  desk: Desk,
  { config, stores, vault }: OpenInstallation,
  { id, login }: Staff,
  options: TotpOptions,
): Promise<void> {
  const secret = randomBytes(TOTP_SECRET_BYTES)
  const store = async (usedStep?: number) =>
    stores.secondFactors.enrol(id, sealTotpSecret(await vault(), id, secret), usedStep, OPERATOR)
  const uri = shortEnough(`${login}@${config.publicSsh.host}`, login, secret)
  const { input, output } = desk.parts
  if (options.json) {
    await store()
    desk.printJson({ login, uri, secret: base32(secret) })
  } else if (input.isTTY && output.isTTY) {
    show(desk, uri, secret)
    await store(await typedStep(desk, secret))
  } else {
    await store()
    show(desk, uri, secret)
  }
  desk.note(`${login} is asked for a code from now on`)
}

/** The first account that a QR code has room for: hosts may have long names. */
function shortEnough(account: string, shorter: string, secret: Uint8Array): string {
  const uri = otpauthUri(account, secret)
  return uri.length <= QR_BYTES_MAX ? uri : otpauthUri(shorter, secret)
}

function show(desk: Desk, uri: string, secret: Uint8Array): void {
  const { output, environment } = desk.parts
  if (output.isTTY && showsBlocks(environment)) desk.print(`${qrText(qrCode(uri))}\n`)
  desk.print(`${uri}\nor type the secret: ${base32(secret).replaceAll(/(.{4})(?=.)/g, '$1 ')}\n`)
}

/** Where no character set is named, as in a container, the terminal around it is of this century. */
function showsBlocks(environment: Readonly<Record<string, string | undefined>>): boolean {
  const { TERM, LC_ALL, LC_CTYPE, LANG } = environment
  const [, characterSet = 'UTF-8'] = (LC_ALL || LC_CTYPE || LANG || '').split('.')
  return TERM !== 'dumb' && /^utf-?8/i.test(characterSet)
}

/** The step of the right code. Throws `bad-input` where none is typed: then nothing is stored. */
async function typedStep(desk: Desk, secret: Uint8Array): Promise<number> {
  const { parts } = desk
  const keyboard = createInterface({ input: parts.input })
  // From here on every line is kept, the first one too if it comes before the question.
  const lines = keyboard[Symbol.asyncIterator]()
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      if (tries > 0) desk.note('that is not its code; the clocks of the device and of this machine must agree')
      parts.errors.write(QUESTION)
      const line = await lines.next()
      if (line.done === true) break
      const step = stepOfCode(secret, line.value, parts.clock.now())
      if (step !== undefined) return step
    }
  } finally {
    keyboard.close()
  }
  throw new GatewayError('bad-input', 'no right code was typed', 'nothing has changed; begin again')
}
