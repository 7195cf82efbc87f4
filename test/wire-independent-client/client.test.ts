// docs/protocol.md is enough to write a client in another language: one in Python, which shares nothing with this
// repository, takes part in rounds and gives the results that our own clients give.
import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedSample,
  federatedSum,
  float32,
  sequence,
  sequenceSum,
  struct,
  toValue,
} from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { inProcessRuntime, type Runtime, runRounds } from '@starling/runtime';
import { expect, it } from 'vitest';

const CLIENT = fileURLToPath(new URL('./client.py', import.meta.url));
const hasPython = spawnSync('python3', ['--version']).status === 0;
const WIDE = 100_000; // float32: 400 kB, so that broadcast and update go in two parts

const readings = [[20.5, 31.25], [], [0.1, 0.2, 0.3], [29.75]];
const dataType = struct({ readings: sequence(float32()) });
const population = populationOf(
  readings.map((values) => toValue(dataType, { readings: values })),
  dataType,
);

/** Sums of what clients hold and of what they were sent, and two clients drawn by their own random numbers. */
const questions = federatedComputation(
  { readings: atClients(sequence(float32())), offset: atServer(float32(WIDE)) },
  ({ readings, offset }) => ({
    total: federatedSum(sequenceSum(readings)),
    sent: federatedSum(federatedBroadcast(offset)),
    drawn: federatedSample(sequenceSum(readings), 2),
  }),
);

function run(runtime: Runtime) {
  return runRounds({
    computation: questions,
    arguments: { offset: Float32Array.from({ length: WIDE }, (_, index) => index / 7) },
    runtime,
    population,
    sampler: uniformSampler({ populationSize: 4, cohortSize: 4 }),
    rounds: 3,
    seed: 2,
  });
}

/** One Python process a client; gives what each printed. */
function launch(url: string) {
  const ends = readings.map((values, index) => {
    const child = spawn('python3', [CLIENT, url, population.clientId(index), JSON.stringify(values)]);
    let output = '';
    child.stdout.on('data', (data) => {
      output += data;
    });
    child.stderr.on('data', (data) => {
      output += data;
    });
    return new Promise<string>((resolve) => child.once('close', () => resolve(output.trim())));
  });
  return { ends: Promise.all(ends), stop: async () => void (await Promise.all(ends)) };
}

// Without Python on the machine there is nothing to run the client with.
it.skipIf(!hasPython)(
  'a Python client gives the state of our own when it takes part in three rounds',
  async () => {
    let launched: ReturnType<typeof launch> | null = null;
    const runtime = websocketRuntime({
      deadlineMs: 20_000,
      minReports: 4,
      launchClients: (url) => {
        launched = launch(url);
        return launched;
      },
    });
    const actual = await run(runtime);
    const expected = await run(inProcessRuntime());
    expect(await launched!.ends).toEqual(Array(4).fill('{"rounds": 3}'));
    expect(actual.stateHash).toBe(expected.stateHash);
    // 20.5 + 31.25 + 0.1 + 0.2 + 0.3 + 29.75 = 82.1
    expect((actual.metrics as { readonly total: number }).total).toBeCloseTo(82.1, 4);
  },
);
