import { inProcessRuntime, type RunResult, runRounds } from '@starling/runtime';
import { describe, expect, test } from 'vitest';
import mnist from './main.js';

async function trained(settings: Record<string, unknown>, rounds: number): Promise<RunResult> {
  const run = await mnist.build(mnist.options.parse({ evaluateEvery: rounds, ...settings }));
  return runRounds({ ...run, runtime: inProcessRuntime(), rounds, seed: 1 });
}
const accuracyOf = (result: RunResult): number =>
  (result.evaluation as unknown as { readonly accuracy: number }).accuracy;

describe('mnist', () => {
  test('learns the digits within a few rounds when clients are alike', async () => {
    // McMahan's 2NN reaches 97 % near round 50; nine of ten digits are right long before.
    expect(accuracyOf(await trained({ partition: 'iid' }, 6))).toBeGreaterThan(0.9);
  });

  test('learns from clients that know two digits each', async () => {
    // Guessing gives 0.1; a round of 10 clients sees most digits, and 15 rounds see all many times.
    expect(accuracyOf(await trained({ partition: 'shards' }, 15))).toBeGreaterThan(0.6);
  });

  test('starts from the loss of guessing, whatever the model', async () => {
    // Untrained logits are near 0: a loss near log 10 = 2.3 on the first batch of each client.
    for (const model of ['2nn', 'cnn', 'logistic']) {
      const options = mnist.options.parse({ model, clients: 6000, cohort: 2 });
      const { evaluation, ...run } = await mnist.build(options);
      const { metrics } = await runRounds({ ...run, runtime: inProcessRuntime(), rounds: 1, seed: 1 });
      const { loss, examples } = metrics as unknown as { readonly loss: number; readonly examples: number };
      expect(Math.abs(loss - Math.log(10))).toBeLessThan(0.5);
      expect(examples).toBe(20);
    }
  });

  test('is led away by the mean when two of ten clients send ten times their update, turned', {
    timeout: 120_000,
  }, async () => {
    // The liars' −20 outweighs the others' 8: the model goes up the loss, and is worse than one that knows three
    // digits.
    const settings = { model: 'logistic', partition: 'shards', attack: 'sign-flip' };
    expect(accuracyOf(await trained(settings, 50))).toBeLessThan(0.3);
  });

  test('ends in the same bits on every run', async () => {
    const settings = { clients: 1000, model: 'logistic' };
    const { stateHash } = await trained(settings, 3);
    expect((await trained(settings, 3)).stateHash).toBe(stateHash);
    expect((await trained({ ...settings, dataSeed: 1 }, 3)).stateHash).not.toBe(stateHash);
  });
});
