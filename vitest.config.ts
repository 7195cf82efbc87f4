// Tests run on the TypeScript sources; only worker threads and child processes load built JavaScript. A test's name or
// folder says which of four projects runs it; `npx vitest run --project unit` runs one, and no test is in two.
import { availableParallelism, loadavg } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['starling-source', 'node', 'import', 'default'];

/** What must hold on every engine or runtime, and for random programs: longer than 5 s, or beside what is. */
const contracts = [
  'packages/*/src/**/*-contract.test.ts',
  'packages/*/src/**/*-memory.test.ts',
  'packages/*/src/**/random-*.test.ts',
];
const faults = ['test/faults/**/*.test.ts', 'packages/*/src/**/*-faults.test.ts'];
const documents = ['test/documents/**/*.test.ts', 'test/{architecture,folders,entries,tidy,dialect}.test.ts'];
/** Parts of `test/` that have behaviour of their own to test. */
const tools = ['test/{bench,support}/**/*.test.ts'];
const never = ['**/dist/**', '**/node_modules/**'];

/** How much longer everything takes because the machine is busy with something else: processes a core, at least 1. */
const busyness = Math.max(1, ...loadavg().map((load) => load / availableParallelism()));

/** A test may take `limitMs` on a quiet machine, unless it sets another limit itself. */
function project(name: string, limitMs: number, include: readonly string[], exclude: readonly string[] = []) {
  return {
    extends: true as const,
    test: {
      name,
      include: [...include],
      exclude: [...never, ...exclude],
      testTimeout: Math.ceil(limitMs * busyness),
    },
  };
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'default'] } },
  test: {
    maxWorkers: 2,
    projects: [
      // A room's own behaviour, beside its source.
      project(
        'unit',
        5_000,
        ['packages/*/src/**/*.test.ts', 'simulations/**/*.test.ts', ...tools],
        [...contracts, ...faults],
      ),
      // Also what crosses rooms: the same bits everywhere, the command line as a process, other clients.
      project('contract', 60_000, [...contracts, 'test/**/*.test.ts'], [...faults, ...documents, ...tools]),
      // What is killed, cut or lost in the middle of a round.
      project('faults', 60_000, faults),
      // Documents, the code in them, and the shape of the repository.
      project('documents', 60_000, documents),
    ],
  },
});
