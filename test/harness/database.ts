import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { type Database, openDatabase } from '#gateway/storage/database.ts'

export interface TestDatabase {
  readonly url: string
  readonly database: Database
  [Symbol.asyncDispose](): Promise<void>
}

/** A database of its own for one test, with every migration applied; gone at the end of `await using`. */
export async function testDatabase(): Promise<TestDatabase> {
  const template = new URL(inject('templateUrl'))
  const templateName = template.pathname.slice(1)
  const name = `${templateName}_${randomBytes(6).toString('hex')}`
  await administer(template, `create database ${name} template ${templateName}`)
  const url = new URL(template)
  url.pathname = `/${name}`
  const database = await openDatabase({ url: url.href, applicationName: 'gatebook test' })
  return {
    url: url.href,
    database,
    async [Symbol.asyncDispose]() {
      await database.close()
      await administer(template, `drop database ${name} with (force)`)
    },
  }
}

/** Not from the template itself: it can be copied only while nobody is connected to it. */
async function administer(template: URL, statement: string): Promise<void> {
  const server = new URL(template)
  server.pathname = '/postgres'
  const client = new Client(server.href)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
