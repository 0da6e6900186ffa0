import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // Tests sign with a key of their own, not with the developer's.
    env: { OCCLAB_KEY: join(tmpdir(), 'occlab-tests', 'key.pem') },
    include: ['tests/**/*.test.ts'],
    // Two workers: the native engine and the simulator are heavy, and CI has two cores.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
