import { randomInt } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fuzz } from './fuzz.ts'

const USAGE = `npm run fuzz -- [--seconds N] [--seed N] [--run N]

Hostile clients and targets against a built gateway; ends with the first thing that goes wrong.

  --seconds N  how long; 60 unless told
  --seed N     to repeat: the same seed does the same
  --run N      only this run of the seed
`

const options = { seconds: { type: 'string' }, seed: { type: 'string' }, run: { type: 'string' } } as const

function readArguments(): { seconds: number; seed: number; only: number | undefined } {
  try {
    const { values } = parseArgs({ options })
    const number = (text: string | undefined, otherwise: number) => {
      const value = text === undefined ? otherwise : Number(text)
      if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${text} is no whole number`)
      return value
    }
    const only = values.run === undefined ? undefined : number(values.run, 0)
    return { seconds: number(values.seconds, 60), seed: number(values.seed, randomInt(2 ** 31)), only }
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${USAGE}`)
    process.exit(2)
  }
}

const { seconds, seed, only } = readArguments()
process.stdout.write(`seed ${seed}\n`)
try {
  const { played, ended, longestHoldS } = await fuzz({
    program: fileURLToPath(new URL('../../dist/gatebook.js', import.meta.url)),
    databaseUrl: process.env.DATABASE_URL,
    seed,
    only,
    goOn: (_, passed) => passed < seconds,
  })
  const held = longestHoldS.toFixed(2)
  process.stdout.write(`${played} runs, ${ended} ended by the gateway with a word; it stood for ${held} s at most\n`)
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = 1
}
