// The command line as a process: what a user's own code prints neither spoils the record on stdout nor gets lost.
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { root } from './support/repository.js';
import { recordOf, startStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-prints-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ROUNDS = 2;
const CLIENTS = 4;

/** Four clients that each print as they load, in a federation that prints as it is imported. */
const talkative = join(folder, 'talkative.ts');
writeFileSync(
  talkative,
  `import { atClients, federatedComputation, federatedSum, int32, toValue } from '@starling/federated-core';
   import { populationOf, uniformSampler } from '@starling/population';
   import { defineFederation } from '@starling/runtime';
   import { z } from 'zod';
   console.log('imported');
   const clients = populationOf([1, 2, 3, 4].map((value) => toValue(int32(), value)), int32());
   const population = {
     ...clients,
     load(index: number) {
       console.log('loads', index);
       console.info('loaded %d', index);
       return clients.load(index);
     },
   };
   export default defineFederation({
     name: 'talkative',
     description: 'Prints as it works.',
     options: z.object({}),
     build: () => ({
       computation: federatedComputation({ x: atClients(int32()) }, ({ x }) => federatedSum(x)),
       population,
       sampler: uniformSampler({ cohortSize: ${CLIENTS} }),
       rounds: ${ROUNDS},
     }),
   });\n`,
);
/** An engine that prints on whatever thread it is. */
const engine = join(folder, 'engine.mjs');
writeFileSync(
  engine,
  `import { isMainThread } from 'node:worker_threads';
   import { createOnnxEngine } from ${JSON.stringify(pathToFileURL(join(root, 'packages/compute/dist/onnx.js')))};
   export async function createEngine() {
     console.log(isMainThread ? 'engine of main' : 'engine of a thread');
     return createOnnxEngine();
   }\n`,
);

function simulate(...parameters: readonly string[]) {
  return startStarling(['simulate', talkative, ...parameters], { directory: folder }).finished;
}
const linesOf = (text: string): readonly string[] => text.trimEnd().split('\n');

test('`--json` keeps stdout for the record, and what code in the process prints goes to stderr in order', async () => {
  const { code, stdout, stderr } = await simulate('--json', '--runtime', 'in-process');
  expect(code).toBe(0);
  expect(recordOf(stdout).map(({ type }) => type)).toEqual(['run', 'round', 'round', 'done']);
  const [imported, ...loads] = linesOf(stderr);
  expect(imported).toBe('imported');
  // Each client of each round prints two lines, the one after the other.
  expect(loads).toHaveLength(ROUNDS * CLIENTS * 2);
  for (let at = 0; at < loads.length; at += 2) {
    expect(loads[at + 1]).toBe(loads[at]!.replace('loads', 'loaded'));
  }
});

test('`--json` keeps stdout for the record when threads print', async () => {
  const { code, stdout, stderr } = await simulate('--json', '--workers', '2', '--engine', engine);
  expect(code).toBe(0);
  expect(recordOf(stdout).map(({ type }) => type)).toEqual(['run', 'round', 'round', 'done']);
  const lines = linesOf(stderr);
  // An engine of the user's own works on threads alone; main's runs the server's programs.
  expect(lines.filter((line) => line === 'engine of a thread')).toHaveLength(2);
  expect(lines).toContain('engine of main');
  expect(lines).toContain('loaded 3');
});

test('`--json` keeps stdout for the record when client processes print, and none of it is lost', async () => {
  const { code, stdout, stderr } = await simulate('--json', '--runtime', 'websocket', '--workers', '2');
  expect(code).toBe(0);
  expect(recordOf(stdout).map(({ type }) => type)).toEqual(['run', 'round', 'round', 'done']);
  const lines = linesOf(stderr);
  expect(lines.filter((line) => line === 'imported')).toHaveLength(3); // here, and in both processes
  for (let client = 0; client < CLIENTS; client++) {
    expect(lines.filter((line) => line === `loads ${client}`).length).toBeGreaterThanOrEqual(1);
  }
});

test('without `--json` it is on stdout, between the lines of the run', async () => {
  const { code, stdout, stderr } = await simulate('--runtime', 'websocket', '--workers', '2');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = linesOf(stdout);
  expect(lines).toContain('imported');
  expect(lines).toContain('loads 3');
  expect(lines.filter((line) => /^round [12]\/2 {2}value 10 /.test(line))).toHaveLength(ROUNDS);
});

test.each([
  ['inspect', talkative],
  ['inspect', '--plan', talkative],
])('`%s --json` prints one object alone', async (...command) => {
  const { code, stdout, stderr } = await startStarling([...command, '--json'], { directory: folder })
    .finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'imported\n' });
  expect(JSON.parse(stdout)).toMatchObject({ revealing: false });
});
