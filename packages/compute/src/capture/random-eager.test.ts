// Random bodies that are run eagerly, against the tfjs engine on the graphs of the same bodies.
import type { LocalComputation, Seed, Tensor } from '@starling/federated-core';
import { describe, test } from 'vitest';
import { kernelCases } from '../contract/cases/kernel-cases.js';
import { assertAgree, captured } from '../contract/drawing/agreement.js';
import { Draw } from '../contract/drawing/draw.js';
import { randomProgram } from '../contract/random/random-program.js';
import { randomRecurrence } from '../contract/random/random-recurrence.js';
import { randomTraining } from '../contract/random/random-training.js';
import { createTfjsEngine } from '../engines/tfjs/tfjs-engine.js';
import { KERNELS } from '../graph/kernels.js';
import { compileGraph } from '../lowering/compile-graph.js';
import { eagerRunner } from './eager-runner.js';

const SEED: Seed = [3, 4];
const SEEDS = [1, 2, 3, 4, 5, 6];

async function agree(what: string, local: LocalComputation, argument: readonly Tensor[]): Promise<void> {
  const engine = await createTfjsEngine();
  const loaded = await engine.load(compileGraph(local));
  const expected = await loaded.run(argument, SEED);
  assertAgree(what, await eagerRunner().run(local, argument, SEED), expected);
}

describe('eagerRunner', () => {
  test.each(KERNELS)('`eagerRunner` runs %s as the engines do', async (kernel) => {
    const { inputs, body } = kernelCases[kernel](new Draw(1));
    await agree(kernel, captured(kernel, inputs, body), inputs);
  });

  test.each(SEEDS)('`eagerRunner` runs random program %d as the engines do', async (seed) => {
    const { inputs, body } = randomProgram(seed);
    await agree('program', captured('program', inputs, body), inputs);
  });

  test.each(SEEDS)('`eagerRunner` runs random recurrence %d as the engines do', async (seed) => {
    const { inputs, body } = randomRecurrence(seed, 'scanned');
    await agree('recurrence', captured('recurrence', inputs, body), inputs);
  });

  test.each(SEEDS)('`eagerRunner` runs random training loop %d as the engines do', async (seed) => {
    const { local, argument } = randomTraining(seed);
    await agree('training', local, argument);
  });
});
