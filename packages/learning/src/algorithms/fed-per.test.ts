import { meanAggregator } from '@starling/aggregators';
import { createOnnxEngine, localRunner, tf } from '@starling/compute';
import { evaluate, evaluateRound, float32, type HostValue, struct, tensor } from '@starling/federated-core';
import { describe, expect, test } from 'vitest';
import { functionModel } from '../models/function-model.js';
import { sgd } from '../optimizers/sgd.js';
import { points } from '../testing/line-model.js';
import { fedPer } from './fed-per.js';
import { personalEvaluation } from './personal-evaluation.js';

const zero = tensor('float32', [], Float32Array.of(0));
/** a x + b, of which the gradients are (a x + b − y) x and a x + b − y. */
const model = functionModel({
  name: 'line with an end',
  example: struct({ x: float32(), y: float32() }),
  initialWeights: { a: zero, b: zero },
  loss: ({ a, b }, { x, y }: { readonly x: tf.Tensor; readonly y: tf.Tensor }) =>
    tf.div(tf.square(tf.sub(tf.add(tf.mul(a, x), b), y)), 2),
});
const options = { model, clientOptimizer: sgd({ learningRate: 0.1 }), batchSize: 1 } as const;
const data = [points([1, 1]), points([1, 3])];

async function twoRounds(process: ReturnType<typeof fedPer>) {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  let state = (await evaluate(process.initialize, undefined, { run })) as HostValue;
  let kept: ReadonlyMap<string, HostValue> = new Map();
  for (let round = 0; round < 2; round++) {
    ({ state, clientStates: kept } = await evaluateRound(process, { state, data }, kept, {
      run,
      clientIds: ['a', 'b'],
    }));
  }
  const { model: common } = state as unknown as { readonly model: unknown };
  const given = { model: common, clientState: [kept.get('a'), kept.get('b')], data };
  const means = await evaluate(personalEvaluation({ process }), given as never, { run });
  await engine.dispose();
  return { common, kept, means: means as unknown as { readonly loss: number } };
}

describe('fedPer', () => {
  test('`fedPer` is what two clients give by hand', async () => {
    const { common, kept, means } = await twoRounds(fedPer({ ...options, personal: ['b'] }));
    // Round 1 from a = b = 0: errors −1 and −3, so a and b are 0.1 at A and 0.3 at B; a is 0.2 for all. Round 2: errors
    // 0.2 + 0.1 − 1 = −0.7 and 0.2 + 0.3 − 3 = −2.5: b is 0.17 and 0.55, a is 0.27 and 0.45, whose mean is 0.36.
    expect(common).toEqual({ a: expect.closeTo(0.36, 6) });
    expect(kept.get('a')).toEqual({ clientWork: { own: { b: expect.closeTo(0.17, 6) } } });
    expect(kept.get('b')).toEqual({ clientWork: { own: { b: expect.closeTo(0.55, 6) } } });
    // 0.36 + 0.17 − 1 = −0.47 and 0.36 + 0.55 − 3 = −2.09: (0.47² + 2.09²) / 2 / 2.
    expect(means.loss).toBeCloseTo(1.14725, 5);
  });

  test('`fedPer` takes a function of names, and any aggregator', async () => {
    const process = fedPer({
      ...options,
      personal: (weight) => weight === 'b',
      aggregator: meanAggregator({ weighted: false }),
    });
    expect((await twoRounds(process)).common).toEqual({ a: expect.closeTo(0.36, 6) });
  });

  test('`fedPer` sends and broadcasts what is common alone', () => {
    const process = fedPer({ ...options, personal: ['b'] });
    expect(Object.keys(process.model.initialWeights)).toEqual(['a']);
  });

  test('`fedPer` refuses to keep nothing, all, or what is not there', () => {
    expect(() => fedPer({ ...options, personal: () => false })).toThrow(
      'need some of the weights of line with an end, a, b, to be personal and others that are trained not, got none',
    );
    expect(() => fedPer({ ...options, personal: ['a', 'b'] })).toThrow('got a, b');
    expect(() => fedPer({ ...options, personal: ['c'] })).toThrow(
      "Cannot average by FedPer: need weights or layers of line with an end, a, b, got 'c'",
    );
    expect(() => fedPer(options as never)).toThrow('personal must be names of weights or layers');
  });
});

test('`personalEvaluation` needs a model or a process', () => {
  const process = fedPer({ ...options, personal: ['b'] });
  expect(() => personalEvaluation({ model, process })).toThrow('need either model or process, got both');
  expect(() => personalEvaluation({})).toThrow('need either model or process, got neither');
});
