import { defineConfig } from 'vitest/config'

/** Measurements, not tests: nothing here fails for being slow. Results go to bench/results.md. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['bench/**/*.bench.ts'],
    pool: 'forks',
    // The memory bench takes its readings after a collection.
    execArgv: ['--expose-gc'],
    fileParallelism: false,
    testTimeout: 1_500_000,
    hookTimeout: 120_000,
  },
})
