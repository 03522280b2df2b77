import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { HeadMemory } from '../recording/seal/tree-heads.ts'

/** The tree head that this gateway signed last, in its data directory: a rolled back database is seen by it. */
export function rememberedHeadFile(dataDirectory: string): HeadMemory {
  const path = join(dataDirectory, 'tree-head.jws')
  return {
    async read() {
      try {
        return (await readFile(path, 'utf8')).trim()
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    },
    async write(statement) {
      const next = `${path}.next`
      await writeFile(next, `${statement}\n`, { mode: 0o600 })
      await rename(next, path)
    },
    forget: () => rm(path, { force: true }),
  }
}
