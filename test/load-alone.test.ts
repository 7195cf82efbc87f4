// What an entry loads: a worker on the onnx engine no tf.js and no schemas, a client's or coordinator's plan and wire
// nothing that only Node has. What is imported only once it is needed is left out.
import { describe, expect, test } from 'vitest';
import { loadedBy } from './support/loaded-by.js';

const matching = (entry: string, pattern: RegExp): readonly string[] =>
  [...loadedBy(entry).outside]
    .filter(([name]) => pattern.test(name))
    .map(([name, file]) => `${name} by ${file}`);

describe('the command line', () => {
  // Help and mistakes are answered before anything is loaded that runs or shows a run.
  test('loads names of engines at its start, and nothing else of Starling', () => {
    expect(matching('packages/cli/src/commands/program.ts', /^@starling|^listr2$|^zod\b/)).toEqual([
      expect.stringMatching(/^@starling\/runtime by .*options\.ts$/),
    ]);
  });
});

describe('entries', () => {
  test.each([
    '@starling/compute/onnx',
    '@starling/compute/memory',
    '@starling/compute/engine',
    '@starling/plan',
    'packages/runtime/src/threads/workers/worker.ts',
  ])('%s load no tf.js', (entry) => {
    expect(matching(entry, /^@tensorflow\//)).toEqual([]);
  });

  // A worker thread starts sooner for it: schemas are more modules than all of the worker's own.
  test.each(['@starling/plan/runner', 'packages/runtime/src/threads/workers/worker.ts'])(
    '%s load neither schemas nor hashes',
    (entry) => {
      expect(matching(entry, /^zod\b|^@noble\/hashes\b/)).toEqual([]);
    },
  );

  test('`@starling/compute` loads tf.js, as this walk sees', () => {
    expect(matching('@starling/compute', /^@tensorflow\//)).not.toEqual([]);
  });

  test.each([
    '@starling/federated-core',
    '@starling/federated-core/plan',
    '@starling/onnx',
    '@starling/onnx/machine',
    '@starling/plan',
    '@starling/plan/runner',
    '@starling/rounds',
    '@starling/store',
    '@starling/wire',
  ])('%s load nothing of Node', (entry) => {
    expect(matching(entry, /^node:|^ws$|^pino$/)).toEqual([]);
  });
});
