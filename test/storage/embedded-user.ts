import { startEmbeddedPostgres } from '#gateway/storage/embedded-postgres.ts'

// A process that uses the embedded PostgreSQL, as the gateway or the command line does: prints what it got as one
// line of JSON and stops when its input ends.

const dataDirectory = process.argv[2]
if (dataDirectory === undefined) throw new Error('usage: embedded-user.ts DATA_DIRECTORY')
const server = await startEmbeddedPostgres({ dataDirectory, settings: { fsync: 'off' } })
console.log(JSON.stringify({ url: server.url, adopted: server.adopted }))
process.stdin.resume().once('end', () => void server.stop())
