import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { dossierText, reportOnDossier } from '#gateway/recording/dossier/dossier-report.ts'
import { exportDossier } from '#gateway/session/export-dossier.ts'
import type { KeptHead } from '#gateway/recording/seal/verify-log.ts'
import type { SealedWorld } from './sealed-world.ts'

/** A session of that world, as `session export --format zip` writes it. */
export async function dossierOf({ stores }: SealedWorld, session: string, kept?: KeptHead): Promise<Buffer> {
  const keptHeads = kept && [kept.statement]
  const parts = { ...stores, verifier: Buffer.from('// the verifier'), keptHeads }
  const pieces: Buffer[] = []
  for await (const piece of exportDossier(parts, session)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** What `gatebook verify FILE.zip` says of these bytes, without the name of the file. */
export async function dossierVerdict(bytes: Buffer, ...kept: readonly KeptHead[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'gatebook-dossier-'))
  onTestFinished(() => rm(directory, { recursive: true }))
  const path = join(directory, 'work.zip')
  await writeFile(path, bytes)
  const view = await reportOnDossier(path, kept.length === 0 ? undefined : kept)
  return dossierText(path, view).replace(`${path}  `, '')
}
