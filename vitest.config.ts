import { defineConfig } from 'vitest/config'
import { isLostWrite } from './supabase/local/lost-write.ts'

// vitest's summary of failures calls it; Node 20 lacks it
Map.groupBy ??= (items, keyOf) => {
  const groups = new Map()
  let index = 0
  for (const item of items) {
    const key = keyOf(item, index++)
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return groups
}

const common = {
  environment: 'node',
  pool: 'forks',
  globalSetup: ['tests/support/global-setup.ts'],
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const
const browsers = ['tests/journeys/**/*.test.ts', 'tests/client/browser*.test.ts']

// a browser wants the machine for itself: its tests come after the others, one file at a time
export default defineConfig({
  test: {
    maxWorkers: 2,
    // tests that kill servers have clients of their own
    onUnhandledError: (error) => !isLostWrite(error),
    projects: [
      { test: { ...common, name: 'parts', include: ['tests/**/*.test.ts', 'app/**/*.test.ts'], exclude: browsers, sequence: { groupOrder: 0 } } },
      {
        test: {
          ...common,
          name: 'browsers',
          include: browsers,
          testTimeout: 240_000,
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
