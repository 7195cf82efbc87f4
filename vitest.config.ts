// Tests run on the TypeScript sources; only worker threads and child processes load built JavaScript.
import { defineConfig } from 'vitest/config';

const conditions = ['starling-source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'default'] } },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'simulations/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/dist/**', '**/node_modules/**'],
    testTimeout: 60_000,
    maxWorkers: 2,
  },
});
