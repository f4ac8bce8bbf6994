import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src-main/**/*.test.ts', 'src-renderer/**/*.test.ts', 'scripts/**/*.test.mjs'],
    environment: 'node',
    // Generous, for a loaded machine: no test waits for a time, only for things to happen.
    testTimeout: 30_000,
    expect: { poll: { timeout: 20_000 } },
  },
})
