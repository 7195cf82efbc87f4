// What liars send, worked out by hand, and a round of training with one of them.
import { createOnnxEngine, localRunner } from '@starling/compute';
import {
  type AnyClientsValue,
  atClients,
  evaluate,
  federatedCollect,
  federatedComputation,
  float32,
  struct,
} from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { clientWorkContract } from '../client-work/contract.js';
import { trainingWork } from '../client-work/training-work.js';
import { learningProcess } from '../compose/learning-process.js';
import { sgd } from '../optimizers/sgd.js';
import { lineModel, points } from '../testing/line-model.js';
import { roundOf } from '../testing/rounds-of.js';
import type { Attack } from './attack.js';
import { attackedWork } from './attacked-work.js';
import { innerProductManipulation, littleIsEnough } from './colluding-attacks.js';
import { gaussianAttack } from './gaussian-attack.js';
import { modelReplacement, signFlip } from './scaled-attacks.js';

const update = struct({ a: float32(), b: float32() });

/** What clients send, of which the second and the last lie: each [a, b]. */
async function sent(attack: Attack, honest: readonly (readonly [number, number])[]) {
  const engine = await createOnnxEngine();
  const computation = federatedComputation(
    { value: atClients(update), attacker: atClients(float32()) },
    ({ value, attacker }) => federatedCollect(attack.corrupt({ value, attacker, update }) as AnyClientsValue),
  );
  const argument = {
    value: honest.map(([a, b]) => ({ a, b })),
    attacker: honest.map((_, index) => (index === 1 || index === honest.length - 1 ? 1 : 0)),
  };
  const result = await evaluate(computation, argument as never, { run: localRunner(engine) });
  await engine.dispose();
  return (result as unknown as readonly { readonly a: number; readonly b: number }[]).map(({ a, b }) => [
    a,
    b,
  ]);
}

const values = [
  [1, 2],
  [3, -4],
  [5, 6],
  [2, 0.5],
] as const;

describe('attacks', () => {
  test('signFlip turns and scales what liars send', async () => {
    expect(await sent(signFlip({ scale: 10 }), values)).toEqual([
      [1, 2],
      [-30, 40],
      [5, 6],
      [-20, -5],
    ]);
  });

  test('modelReplacement scales what liars send', async () => {
    expect((await sent(modelReplacement({ boost: 4 }), values)).slice(1)).toEqual([
      [12, -16],
      [5, 6],
      [8, 2],
    ]);
  });

  test('innerProductManipulation sends the mean of the honest, turned', async () => {
    // The honest are (1, 2) and (5, 6), with mean (3, 4).
    const found = await sent(innerProductManipulation({ scale: 2 }), values);
    expect(found).toEqual([
      [1, 2],
      [-6, -8],
      [5, 6],
      [-6, -8],
    ]);
  });

  test('littleIsEnough sends the mean less some standard deviations of the honest', async () => {
    // Both coordinates have a standard deviation of 2 over the honest: (3, 4) − 1.5 · 2.
    const found = await sent(littleIsEnough(), values);
    for (const liar of [found[1]!, found[3]!]) {
      expect(liar[0]).toBeCloseTo(0, 5);
      expect(liar[1]).toBeCloseTo(1, 5);
    }
    expect(found[0]).toEqual([1, 2]);
  });

  test('gaussianAttack sends noise of its standard deviation', async () => {
    const honest = Array.from({ length: 2 }, () => [7, 7] as const);
    const [, liar] = await sent(gaussianAttack({ stddev: 0.01 }), honest);
    // Six standard deviations.
    for (const x of liar!) expect(Math.abs(x)).toBeLessThan(0.06);
    expect(liar![0]).not.toBe(liar![1]);
  });

  test('throw when an option is out of its range', () => {
    expect(() => signFlip({ scale: 0 })).toThrow('scale must be a finite number > 0, got 0');
    expect(() => littleIsEnough({ z: 1 } as never)).toThrow('need options { deviations }');
  });
});

describe('attackedWork', () => {
  const work = trainingWork({ optimizer: sgd({ learningRate: 0.5 }), batchSize: 1, epochs: 1 });
  const attack = signFlip({ scale: 3 });

  test('turns the updates of liars, and leaves their weights', async () => {
    // From w = 1 the gradient on (1, 3) is −2, and the step 1; on (1, 2) it is −1, and the step 0.5, which the liar
    // sends as −1.5. Mean (1 − 1.5) / 2: w = 0.75.
    const model = lineModel(1);
    const { state } = await roundOf(learningProcess({ model, clientWork: attackedWork({ work, attack }) }), {
      data: [points([1, 3]), points([1, 2])],
      attacker: [0, 1],
    });
    expect(state.model['w']).toBeCloseTo(0.75, 6);
  });

  test('throws when the attack is none', () => {
    expect(() => attackedWork({ work, attack: signFlip as never })).toThrow(
      'attack must be an attack, such as',
    );
  });

  clientWorkContract('attackedWork', () => attackedWork({ work, attack }), {
    held: { data: [points([1, 2], [2, 2]), points([1, 3])], attacker: [0, 1] },
  });
});
