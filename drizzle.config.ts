import { defineConfig } from 'drizzle-kit'

// `npx drizzle-kit generate --name TOPIC` writes sql/NNNN_TOPIC.sql from the schema; what its DSL cannot say
// (partitions, storage, views, triggers) is written by hand: `npx drizzle-kit generate --custom --name TOPIC`.
export default defineConfig({
  dialect: 'postgresql',
  casing: 'snake_case',
  schema: './gateway/storage/schema-*.ts',
  out: './sql',
})
