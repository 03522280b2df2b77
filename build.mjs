// Makes dist/gatebook.js, dist/verify.mjs and dist/pages: `npm run build`, or one of them: `node build.mjs gateway`. A part is
// built again only when a file it is made of is newer than what was made of it.
import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'

const parts = [
  {
    name: 'gateway',
    result: 'dist/gatebook.js',
    sources: ['gateway', 'shared', 'package-lock.json', 'package.json', 'build.mjs'],
    make: makeGateway,
  },
  {
    name: 'verifier',
    result: 'dist/verify.mjs',
    sources: ['gateway', 'shared', 'package-lock.json', 'package.json', 'build.mjs'],
    make: makeVerifier,
  },
  {
    name: 'pages',
    result: 'dist/pages/index.html',
    sources: ['replay-ui', 'shared', 'package-lock.json', 'vite.config.ts'],
    make: makePages,
  },
]

const wanted = process.argv.slice(2)
for (const part of parts) {
  if (wanted.length > 0 && !wanted.includes(part.name)) continue
  if ((await newest(part.sources)) < (await newest([part.result]))) continue
  const start = performance.now()
  process.stderr.write(`building the ${part.name} … `)
  await part.make(part.result)
  process.stderr.write(`${((performance.now() - start) / 1000).toFixed(1)} s\n`)
}

async function makeGateway(result) {
  await build({
    entryPoints: ['gateway/main.ts'],
    outfile: result,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: true,
    banner: { js: '#!/usr/bin/env node' },
    logLevel: 'warning',
  })
  await chmod(result, 0o755)
}

/** One file for people who have nothing of ours: everything is in it, as readable as it was written. */
async function makeVerifier(result) {
  await build({
    entryPoints: ['gateway/verify.ts'],
    outfile: result,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: '#!/usr/bin/env node\n// Verifies a session that Gatebook exported: node verify.mjs FILE.zip. MIT licence.',
    },
    logLevel: 'warning',
  })
  await chmod(result, 0o755)
}

async function makePages() {
  const { build: buildPages } = await import('vite')
  await buildPages({ logLevel: 'warn' })
}

/** When the newest file under these paths was changed, in milliseconds; 0 where there is none. */
async function newest(paths) {
  const times = await Promise.all(
    paths.map(async (path) => {
      const found = await stat(path).catch(() => undefined)
      if (found === undefined) return 0
      if (!found.isDirectory()) return found.mtimeMs
      // A directory's own time tells of files that were taken away.
      const children = await readdir(path)
      return Math.max(found.mtimeMs, await newest(children.map((child) => join(path, child))))
    }),
  )
  return Math.max(0, ...times)
}
