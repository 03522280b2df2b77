import { parseArgs } from 'node:util'
import { GatewayError } from './errors.ts'
import { jsonText } from './printing/json-text.ts'
import { dossierText, reportOnDossier } from './recording/dossier/dossier-report.ts'
import { readKeptHeads } from './recording/seal/kept-heads.ts'

/**
 * The one-file verifier that goes with every dossier (`dist/verify.mjs`): the same code as `gatebook verify FILE.zip`,
 * for people who have Node and nothing of ours. Exit status 0: intact; 1: altered or not readable; 2: wrong usage.
 */
const USAGE = `usage: node verify.mjs FILE.zip [--head FILE] [--json]

  --head FILE  tree heads that were kept outside, one a line: the archive must be proven under one of them
  --json       says the same for programs
`

process.exitCode = await verify()

async function verify(): Promise<number> {
  const wish = readArguments()
  if (wish === undefined) {
    process.stderr.write(USAGE)
    return 2
  }
  const { path, head, json } = wish
  try {
    const kept = head === undefined ? undefined : await readKeptHeads(head, note)
    const view = await reportOnDossier(path, kept)
    process.stdout.write(json ? jsonText(view) : dossierText(path, view))
    return view.verdict === 'intact' ? 0 : 1
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    note(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`)
    return 1
  }
}

function readArguments() {
  try {
    const options = { head: { type: 'string' }, json: { type: 'boolean', default: false } } as const
    const { values, positionals } = parseArgs({ options, allowPositionals: true })
    const [path, ...others] = positionals
    return path === undefined || others.length > 0 ? undefined : { ...values, path }
  } catch {
    return undefined
  }
}

function note(text: string): void {
  process.stderr.write(`gatebook: ${text}\n`)
}
