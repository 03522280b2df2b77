import { execFileSync } from 'node:child_process'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { directory, localHeader } from '#gateway/recording/dossier/zip.ts'
import { openZipFile, ZipReader } from '#gateway/recording/dossier/zip-reader.ts'
import { ZipWriter } from '#gateway/recording/dossier/zip-writer.ts'
import { needsProgram } from '#test/harness/requirement.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatebook-zip-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Lists an archive and shows its last file, as Python's zipfile reads it. */
const PYTHON = `import sys, zipfile
z = zipfile.ZipFile(sys.argv[1])
print([i.filename for i in z.infolist()], z.read(z.infolist()[-1]).decode())`

const python = (path: string) => execFileSync('python3', ['-c', PYTHON, path], { encoding: 'utf8' }).trim()

function archive(...files: readonly (readonly [name: string, text: string])[]): Buffer {
  const zip = new ZipWriter()
  const pieces = files.flatMap(([name, text]) => zip.file(name, Buffer.from(text)))
  return Buffer.concat([...pieces, zip.end()])
}

const source = (bytes: Buffer) => ({
  length: bytes.length,
  read: async (at: number, length: number) => bytes.subarray(at, at + length),
})

describe('an archive', () => {
  it('is read back, and by other programs', needsProgram('python3', 'python3'), async () => {
    const bytes = archive(['a.txt', 'one'], ['b/c', ''], ['last', 'two'])
    const reader = await ZipReader.open(source(bytes))
    expect(reader.names).toEqual(['a.txt', 'b/c', 'last'])
    expect((await reader.read('last', 100)).toString()).toBe('two')
    const path = join(folder, 'small.zip')
    await writeFile(path, bytes)
    expect(python(path)).toBe("['a.txt', 'b/c', 'last'] two")
  })

  it('may be larger than 4 GiB', needsProgram('python3', 'python3'), async () => {
    const path = join(folder, 'large.zip')
    // Nothing of the first file is on the disk: it is a hole.
    const large = { name: 'large', crc32: 0, length: 0xffff_fff0 }
    const small = { name: 'small', crc32: crc32('tail'), length: 4 }
    await using file = await open(path, 'w')
    await file.write(localHeader(large), 0, undefined, 0)
    const at = 30 + 5 + large.length
    await file.write(
      Buffer.concat([localHeader(small), Buffer.from('tail'), directory([large, small])]),
      0,
      undefined,
      at,
    )
    expect(python(path)).toBe("['large', 'small'] tail")
    await using opened = await openZipFile(path)
    const reader = await ZipReader.open(opened)
    expect((await reader.read('small', 100)).toString()).toBe('tail')
    await expect(reader.read('large', 100)).rejects.toThrow('large is longer than such a file is')
  })

  it('may have more files than 65535', needsProgram('python3', 'python3'), async () => {
    const path = join(folder, 'many.zip')
    const names = Array.from({ length: 65_536 }, (_, index) => [`${index}`, ''] as const)
    await writeFile(path, archive(...names, ['last', 'end']))
    expect(python(path)).toMatch(/'65535', 'last'\] end$/)
    await using opened = await openZipFile(path)
    expect((await ZipReader.open(opened)).names).toHaveLength(65_537)
  })
})

describe('the reader of archives', () => {
  it('sees each bit that is changed, each byte that is put in or taken out, and each end that is cut off', async () => {
    const bytes = archive(['a.txt', 'one'], ['b', 'two and three'])
    const all = async (changed: Buffer) => {
      const reader = await ZipReader.open(source(changed))
      for (const name of reader.names) await reader.read(name, 100)
      // Another name is another archive, of which the names are checked one level up.
      if (reader.names.join() !== 'a.txt,b') throw new Error('other names')
    }
    await all(bytes)
    const changes: Buffer[] = [Buffer.alloc(0), Buffer.concat([bytes, Buffer.of(0)])]
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) changes.push(Buffer.from(bytes.with(at, bytes[at]! ^ (1 << bit))))
      changes.push(bytes.subarray(0, at), Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]))
      changes.push(Buffer.concat([bytes.subarray(0, at), Buffer.of(0), bytes.subarray(at)]))
    }
    for (const changed of changes) await expect(all(changed)).rejects.toThrow()
  })

  it('takes no file twice, and no archive of another program', async () => {
    await expect(ZipReader.open(source(archive(['a', '1'], ['a', '2'])))).rejects.toThrow('a is twice in the archive')
    const empty = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
    await expect(ZipReader.open(source(empty))).rejects.toThrow('it is no archive that gatebook wrote')
  })
})
