// Repairs the installed dependencies after `npm install`: applies each patch of this folder where it is not applied
// yet. A patch that fits neither way ends the installation: the gateway would refuse to start. To change one, edit
// the file under node_modules and write `git diff --no-index` of the original against it here.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { applyPatch, parsePatch, reversePatch } from 'diff'

const root = new URL('../', import.meta.url)

for (const name of readdirSync(new URL('.', import.meta.url)).filter((file) => file.endsWith('.patch'))) {
  for (const change of parsePatch(readFileSync(new URL(name, import.meta.url), 'utf8'))) {
    const file = new URL(change.newFileName.replace(/^b\//, ''), root)
    const text = readFileSync(file, 'utf8')
    const repaired = applyPatch(text, change)
    const isRepaired = applyPatch(text, reversePatch(change)) !== false
    if (isRepaired) continue
    if (repaired === false) {
      process.stderr.write(`gatebook: patches/${name} does not fit ${change.newFileName}\n`)
      process.exit(1)
    }
    writeFileSync(file, repaired)
  }
}
