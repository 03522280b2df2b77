import { describe, expect, it } from 'vitest'
import { seededChance } from '#test/harness/chance.ts'
import { DIRECTORY, done, entry, hello, listEnd, made, multiplexed, sentFile } from './rsync-words.ts'
import { answer, init, READ, request, version, WRITE_NEW } from './sftp-words.ts'
import { WatchedChannel } from './watched.ts'

// Rounds of each test; GATEBOOK_FUZZ_ROUNDS=100000 looks for longer.
const ROUNDS = Number(process.env.GATEBOOK_FUZZ_ROUNDS ?? 400)

type Chance = (limit: number) => number
type Said = readonly ['input' | 'output', Buffer]

const rsync = 'rsync --server --sender -vlogDtpre.iLsfxCIvu . /srv'
const starts = [
  () => WatchedChannel.sftp(),
  ...['scp -r -t /srv', 'scp -f /srv', rsync, 'cat'].map((command) => () => WatchedChannel.exec(command)),
]

/** Something that is said by either side when files pass. */
function someWords(chance: Chance): Said {
  const [id, handle] = [chance(4), `h${chance(3)}`]
  const content = Buffer.alloc(chance(3) === 0 ? chance(100_000) : chance(10), chance(256))
  const fromClient = [
    init,
    request.open(id, `/f${chance(3)}`, chance(2) === 0 ? READ : WRITE_NEW),
    request.write(id, handle, chance(5) * 10, content),
    request.read(id, handle, chance(5) * 10),
    request.close(id, handle),
    request.rename(id, '/a', '/b'),
    request.extended(id, ['copy-data', 'posix-rename@openssh.com', 'x'][chance(3)] ?? '', content.subarray(0, 50)),
    Buffer.from(`C0644 ${chance(20)} name\n`),
    Buffer.from('D0755 0 dir\n'),
    Buffer.from('E\n'),
    Buffer.from('\0'),
    content,
  ]
  const fromTarget = [
    version,
    answer.handle(id, handle),
    answer.data(id, content),
    answer.status(id, chance(10)),
    answer.size(id, chance(50)),
    Buffer.from('\x01scp: no\n'),
    ...fromClient.slice(-5),
  ]
  const words = chance(2) === 0 ? fromClient : fromTarget
  return [words === fromClient ? 'input' : 'output', words[chance(words.length)] ?? content]
}

/** What rsync's sender says, a word at a time. */
function rsyncWords(chance: Chance): Said[] {
  const list = [entry('b', undefined, 9), entry('a', DIRECTORY), entry('a/x', undefined, 9), listEnd]
  const files = [sentFile(1 + chance(3), Buffer.alloc(chance(40))), made(1 + chance(2)), sentFile(1, 'x', 'yz'), done]
  const words = [...list, ...files, listEnd, done, done].map((word) => multiplexed(word, chance(20) === 0 ? 101 : 0))
  return [
    ['input', hello.client],
    ['output', hello.target(chance(3) === 0 ? chance(256) : 0)],
    ...words.map((word): Said => ['output', word]),
  ]
}

/** Some bytes of it wrong, missing or doubled. */
function spoilt(bytes: Buffer, chance: Chance): Buffer {
  const copy = Buffer.from(bytes)
  const at = chance(copy.length + 1)
  switch (chance(6)) {
    case 0:
      copy[at] = chance(256)
      return copy
    case 1:
      return copy.subarray(0, at)
    case 2:
      return Buffer.concat([copy, copy.subarray(at)])
    default:
      return copy
  }
}

function someConversation(chance: Chance): Said[] {
  if (chance(4) === 0) {
    return rsyncWords(chance).map(([stream, bytes]) => [stream, chance(8) === 0 ? spoilt(bytes, chance) : bytes])
  }
  const words: Said[] =
    chance(4) === 0
      ? []
      : [
          ['input', init],
          ['output', version],
        ]
  for (let length = chance(40); length > 0; length--) {
    const [stream, bytes] = someWords(chance)
    words.push([stream, spoilt(bytes, chance)])
  }
  return words
}

const expectSense = (channel: WatchedChannel) => {
  for (const { note, bytes, result, sha256, operation } of channel.files) {
    // A fault of ours would be told by this note.
    expect(note ?? '').not.toContain('gatebook failed')
    expect(bytes ?? 0).toBeGreaterThanOrEqual(0)
    expect(result, `${operation} goes on although the channel is over`).toBeDefined()
    if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  }
}

describe('whatever passes on a channel', () => {
  it('leads to a list that makes sense, and to no failure', () => {
    const chance = seededChance()
    for (let round = 0; round < ROUNDS; round++) {
      const channel = (starts[chance(starts.length)] ?? starts[0]!)()
      for (const [stream, bytes] of someConversation(chance)) channel.pass(stream, bytes, 1 + chance(5000))
      expectSense(channel.end())
    }
  })

  it('leads to the same list however it is cut into pieces', () => {
    const chance = seededChance()
    for (let round = 0; round < ROUNDS; round++) {
      const start = starts[chance(starts.length)] ?? starts[0]!
      const conversation = someConversation(chance)
      const [whole, cut] = [start(), start()]
      for (const [stream, bytes] of conversation) {
        whole.pass(stream, bytes)
        cut.pass(stream, bytes, 1 + chance(bytes.length < 100 ? 3 : 5000))
      }
      expect(cut.end().files).toEqual(whole.end().files)
    }
  })

  it('as pure noise never looks like anything for long', () => {
    const chance = seededChance()
    for (let round = 0; round < ROUNDS; round++) {
      const channel = (starts[chance(starts.length)] ?? starts[0]!)()
      for (let pieces = 0; pieces < 20; pieces++) {
        const noise = Buffer.from(Array.from({ length: chance(300) }, () => chance(chance(2) === 0 ? 256 : 12)))
        channel.pass(chance(2) === 0 ? 'input' : 'output', noise)
      }
      expectSense(channel.end())
    }
  })
})
