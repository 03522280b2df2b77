import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/global-setup.ts'],
    reporters: ['default', fileURLToPath(new URL('test/harness/closing-line.ts', import.meta.url))],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: real sshd, PostgreSQL and Chromium run beside the tests.
    maxWorkers: 2,
  },
})
