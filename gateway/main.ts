import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { systemClock } from './clock.ts'
import type { ProgramParts, TargetProbe } from './command-line/program-parts.ts'
import { runProgram } from './command-line/program.ts'
import type { Config } from './config.ts'
import { GatewayError } from './errors.ts'
import { setUpDemo } from './start/demo.ts'
import { dialTarget } from './start/dial-target.ts'
import { examination } from './start/examination.ts'
import { tuneEngine } from './start/tune-engine.ts'
import { localHost } from './start/local-host.ts'
import { openInstallationDatabase, storesOn } from './start/open-database.ts'
import { restartSeal } from './start/restart-seal.ts'
import { startGateway } from './start/start-gateway.ts'
import { openLocalShell } from './target/local-shell.ts'
import { scanHostKeys } from './target/scan-host-keys.ts'

/** The composition root: the only reader of the environment, the arguments and the standard streams. */

/** The root of the installation: this file runs from `gateway/`, its bundle from `dist/`. */
const root = new URL('../', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }

const parts: ProgramParts = {
  version,
  environment: process.env,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
  clock: systemClock,
  setExitCode(code) {
    process.exitCode = code
  },
  interruption() {
    const interrupted = new AbortController()
    void untilToldToStop().then(() => interrupted.abort())
    return interrupted.signal
  },
  async openStores(config) {
    const opened = await openInstallationDatabase({ config, applicationName: 'gatebook', onProgress: note })
    return { ...storesOn(opened.database), close: () => opened.close() }
  },
  async migrate(config) {
    const opened = await openInstallationDatabase({ config, applicationName: 'gatebook migrate', onProgress: note })
    await opened.close()
    return opened.migrated
  },
  restartSeal: (config, reason) => restartSeal({ config, clock: systemClock, reason, log: note }),
  readVerifier,
  start,
  fetchHostKeys: ({ host, port }) => scanHostKeys(host, port),
  probeTarget,
  examination,
}

await runProgram(parts, process.argv.slice(2))

async function start(config: Config, { demo }: { readonly demo: boolean }): Promise<void> {
  tuneEngine()
  const host = demo ? await localHost() : undefined
  const gateway = await startGateway({
    config,
    clock: systemClock,
    version,
    pagesDirectory: fileURLToPath(new URL('dist/pages', root)),
    openLocalShell: async () => {
      if (host !== undefined) return openLocalShell(host)
      throw new GatewayError(
        'target-unreachable',
        'this target is a shell of the demo',
        'start it with: gatebook start --demo',
      )
    },
    log,
  })
  log(`SSH on ${config.sshListen.host} port ${gateway.sshPort}, pages on ${config.publicUrl}`)
  if (demo) {
    const lines = await setUpDemo(gateway, config, systemClock)
    process.stdout.write(`\n  work:     ${lines.ssh}\n  look:     ${lines.pages}\n  minutes:  ${lines.minutes}\n\n`)
  }
  await untilToldToStop()
  log('stopping')
  await gateway.close()
}

async function probeTarget({ target, login, stores, vault, publicUrl }: TargetProbe): Promise<void> {
  const key = await stores.supportKeys.current(target.clientId)
  if (key === undefined) {
    throw new GatewayError(
      'conflict',
      `${target.clientSlug} has no support key`,
      `make one with: gatebook key issue ${target.clientSlug}`,
    )
  }
  const openShell = async () => openLocalShell(await localHost())
  const link = await dialTarget({ ...stores, vault, publicUrl, openLocalShell: openShell }, target, login, key.id)
  link.close()
}

function readVerifier(): Promise<Buffer> {
  return readFile(new URL('dist/verify.mjs', root)).catch((cause: unknown) => {
    throw new GatewayError('installation', 'dist/verify.mjs is missing', 'make it with: npm run build', cause)
  })
}

/** Ctrl+C or SIGTERM; a second one does not wait. */
function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    const told = () => {
      process.once('SIGINT', () => process.exit(130))
      process.once('SIGTERM', () => process.exit(143))
      resolve()
    }
    process.once('SIGINT', told)
    process.once('SIGTERM', told)
  })
}

function log(line: string): void {
  process.stderr.write(`${new Date().toISOString()} ${line}\n`)
}

function note(line: string): void {
  process.stderr.write(`gatebook: ${line}\n`)
}
