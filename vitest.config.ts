import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    globalSetup: ['tests/support/ownTempFolder.ts'],
    include: ['tests/**/*.test.ts'],
    // Two workers: the native engine and the simulator are heavy, and CI has two cores.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
