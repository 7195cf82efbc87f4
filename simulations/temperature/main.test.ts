import { createOnnxEngine, localRunner } from '@starling/compute';
import { evaluate, type FederatedComputation, seedFrom } from '@starling/federated-core';
import { inProcessRuntime, runRounds } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import temperature, { readingsAbove, risingThreshold, sensorsAbove } from './main.js';

async function asked(computation: FederatedComputation, argument: unknown): Promise<unknown> {
  const engine = await createOnnxEngine();
  const answer = await evaluate(computation, argument, { run: localRunner(engine), seed: seedFrom(1) });
  await engine.dispose();
  return answer;
}

describe('sensorsAbove', () => {
  test('gives the share of sensors whose latest reading is above the threshold, not at it', async () => {
    // 25 and 30 are not above 30; 31 and 35 are.
    expect(await asked(sensorsAbove, { readings: [[25], [30], [31], [35]], threshold: 30 })).toBe(0.5);
  });

  test('looks at the latest reading alone', async () => {
    // 35 came before 20; 20 before 35; of four sensors one ends above.
    const readings = [[35, 20], [20, 35], [35, 30], [1]];
    expect(await asked(sensorsAbove, { readings, threshold: 30 })).toBe(0.25);
  });
});

describe('readingsAbove', () => {
  test('gives the share of all readings, however they are spread', async () => {
    // Above 30: 31 of (28, 31), none of (30, 30, 30), 40 and 41 of three: 3 of 8.
    const readings = [
      [28, 31],
      [30, 30, 30],
      [40, 41, 1],
    ];
    expect(await asked(readingsAbove, { readings, threshold: 30 })).toBe(0.375);
  });

  test('asks nothing of a sensor without readings', async () => {
    expect(await asked(readingsAbove, { readings: [[], [31]], threshold: 30 })).toBe(1);
  });
});

describe('risingThreshold', () => {
  test('raises the threshold by one degree a round, and counts a sensor by its highest reading', async () => {
    const { initialize, next } = risingThreshold(32);
    const start = await asked(initialize, undefined);
    // Above 32: 33 of the second sensor. Above 33: 34, 35 and 36, not 33.
    const first = await asked(next, { state: start, readings: [[28], [30, 33, 29]] });
    expect(first).toEqual({ state: 33, metrics: 0.5 });
    const second = await asked(next, { state: 33, readings: [[33], [34], [35], [36]] });
    expect(second).toEqual({ state: 34, metrics: 0.75 });
  });
});

describe('temperature', () => {
  test('answers for the four real motes', async () => {
    // Their last readings are 27.05, 26.83, 22.77 and 23.05 °C: two of four above 25.
    const run = await temperature.build(temperature.options.parse({ threshold: 25 }));
    const result = await runRounds({ ...run, runtime: inProcessRuntime(), seed: 1 });
    expect(result.metrics).toBe(0.5);
  });
});
