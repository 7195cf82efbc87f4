// The suite that every engine passes: each kernel and its gradient on random shapes, and whole computations, agree with
// tf.js run eagerly on its cpu backend, to 1e-5 of the largest magnitude; gradients agree with finite differences too.
// At special values and at every magnitude each kernel agrees with a float64 reference, as exactly as
// reference/accuracy.ts states.
import { float32, type LocalComputation, sequence, struct, type Tensor } from '@starling/federated-core';
import { afterAll, assert, beforeAll, describe, test } from 'vitest';
import { kernelGraphOf, localComputation } from '../capture/local-computation.js';
import { sequenceReduce } from '../capture/sequences/sequence-reduce.js';
import type { Engine } from '../engine/engine.js';
import { createTfjsEngine } from '../engines/tfjs/tfjs-engine.js';
import { KERNELS, type Kernel } from '../graph/kernels.js';
import * as tf from '../tensorflow/tf.js';
import { behaviour } from './behaviour.js';
import { kernelCases } from './cases/kernel-cases.js';
import { modelCases } from './cases/model-cases.js';
import { assertAgree, type Body, captured, eagerly, runOn } from './drawing/agreement.js';
import { Draw } from './drawing/draw.js';
import type { DrawnCase } from './drawing/kernel-case.js';
import { keepsAccuracy } from './keeps-accuracy.js';
import { integerChains } from './random/integer-chains.js';
import { randomProgram } from './random/random-program.js';
import { randomTraining } from './random/random-training.js';
import { interpret } from './reference/interpret.js';

/** Some backends compile WebAssembly or load a native addon when they start. */
const STARTING_MS = 60_000;
/** Hundreds of short chains. */
const CHAINS_MS = 60_000;
const SEEDS = [1, 2, 3, 4];
const PROGRAMS = 12;
/** Step of the finite differences, and what float32 leaves of their precision. */
const STEP = 0.01;
const DIFFERENCE_TOLERANCE = 0.02;

/**
 * Tests the engine that `makeEngine` makes, called `name` in the names of tests. Call it at the top of a test file, for
 * an engine of your own too:
 *
 *     import { engineContract } from '@starling/compute/contract';
 *     import { createMyEngine } from './my-engine.js';
 *
 *     engineContract('my engine', () => createMyEngine());
 */
export function engineContract(name: string, makeEngine: () => Promise<Engine>): void {
  describe(`${name} keeps the engine contract`, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await makeEngine();
    }, STARTING_MS);
    afterAll(() => engine.dispose());

    behaviour(() => engine);

    for (const kernel of KERNELS) test(`runs ${kernel}`, () => runsKernel(engine, kernel));

    test.each(KERNELS)('gives %s at its edges', async (kernel) => {
      await keepsAccuracy(engine, kernel);
    });

    test.each(Object.entries(modelCases))('trains %s', async (model, drawCase) => {
      const { inputs, body } = drawCase(new Draw(1));
      const actual = await runOn(engine, captured(model, inputs, body), inputs);
      assertAgree(model, actual, eagerly(inputs, body));
    });

    test('runs random programs and their gradients', () => runsRandomPrograms(engine));

    test('runs chains of integer kernels', () => runsIntegerChains(engine), CHAINS_MS);

    test('runs random training loops', () => runsRandomTraining(engine));

    test('gives a masked short batch the update of the short batch', () => masksShortBatches(engine));
  });
}

async function runsKernel(engine: Engine, kernel: Kernel): Promise<void> {
  for (const seed of SEEDS) {
    const drawn: DrawnCase = kernelCases[kernel](new Draw(seed));
    const what = `${kernel} of ${drawn.inputs.map(({ shape }) => `[${shape}]`).join(', ')}`;
    const local = captured(kernel, drawn.inputs, drawn.body);
    holds(local, kernel);
    assertAgree(what, await runOn(engine, local, drawn.inputs), eagerly(drawn.inputs, drawn.body));
    if (drawn.differentiable !== false) await differentiates(engine, what, drawn, new Draw(seed + 1000));
  }
}

async function runsRandomPrograms(engine: Engine): Promise<void> {
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const { inputs, body } = randomProgram(seed);
    const actual = await runOn(engine, captured(`program ${seed}`, inputs, body), inputs);
    assertAgree(`program ${seed}`, actual, eagerly(inputs, body));
  }
}

/** To the last bit as the reference has them. */
async function runsIntegerChains(engine: Engine): Promise<void> {
  for (const { chains, drawn } of integerChains(new Draw(1))) {
    const local = captured('chains of integer kernels', drawn.inputs, drawn.body);
    const actual = await runOn(engine, local, drawn.inputs).catch((cause: unknown) => {
      throw new Error(`Cannot run one of the chains: ${chains.join('; ')}`, { cause });
    });
    const expected = interpret(kernelGraphOf(local), drawn.inputs, 'each kernel');
    for (const [index, { data }] of expected.entries()) {
      assert.deepEqual(
        [...(actual[index] as Tensor).data],
        [...data],
        `${chains[index]} of ${drawn.inputs[index]?.data}`,
      );
    }
  }
}

/** Loops cannot be run eagerly: the replay on the cpu backend, which knows no lowering, is the second opinion. */
async function runsRandomTraining(engine: Engine): Promise<void> {
  const reference = await createTfjsEngine();
  for (let seed = 1; seed <= PROGRAMS; seed++) {
    const { local, argument } = randomTraining(seed);
    const actual = await runOn(engine, local, argument);
    assertAgree(`training loop ${seed}`, actual, await runOn(reference, local, argument));
  }
}

/**
 * Two steps of gradient descent over 6 elements in batches of 4, captured with a mask, against eager steps on the 4 and
 * on the 2 that are left.
 */
async function masksShortBatches(engine: Engine): Promise<void> {
  const draw = new Draw(1);
  const [features, targets, start] = [draw.floats([6, 3]), draw.floats([6]), draw.floats([3])];
  const step = (weights: tf.Tensor, x: tf.Tensor, y: tf.Tensor, mask: tf.Tensor): tf.Tensor => {
    const loss = (w: tf.Tensor): tf.Tensor => {
      const errors = tf.squaredDifference(tf.sum(tf.mul(x, w), 1), y);
      return tf.div(tf.sum(tf.mul(errors, mask)), tf.sum(mask));
    };
    return tf.sub(weights, tf.mul(0.1, tf.grad(loss)(weights)));
  };
  const local = localComputation(
    { data: sequence(struct({ x: float32(3), y: float32() })), weights: float32(3) },
    ({ data, weights }) =>
      sequenceReduce(data.batch(4), weights, (now, { x, y }, mask) => step(now, x, y, mask)),
  );
  const actual = await runOn(engine, local as LocalComputation, [features, targets, start]);
  const expected = eagerly([features, targets, start], ([x, y, weights]) => {
    const part = (tensor: tf.Tensor, from: number, to: number): tf.Tensor =>
      tf.slice(tensor, from, to - from);
    const walk = (now: tf.Tensor, from: number, to: number): tf.Tensor =>
      step(now, part(x as tf.Tensor, from, to), part(y as tf.Tensor, from, to), tf.ones([to - from]));
    return walk(walk(weights as tf.Tensor, 0, 4), 4, 6);
  });
  assertAgree('two steps', actual, expected);
}

/** A case must not lose its kernel to cleaning; `Identity` alone is always cleaned away. */
function holds(local: Parameters<typeof kernelGraphOf>[0], kernel: Kernel): void {
  const kernels = kernelGraphOf(local).nodes.map((node) => (node.op === 'kernel' ? node.kernel : node.op));
  assert(
    kernel === 'Identity' || kernels.includes(kernel),
    `the case of ${kernel} holds ${kernels.join(', ')}`,
  );
}

/** The gradient of ⟨body, weights⟩ against eager tf.js, and along one direction against finite differences. */
async function differentiates(
  engine: Engine,
  what: string,
  { inputs, body }: DrawnCase,
  draw: Draw,
): Promise<void> {
  const floats = inputs.map(({ dtype }) => dtype === 'float32');
  const [outputShape] = eagerly(inputs, body).map(({ shape }) => shape);
  const weights = draw.floats(outputShape ?? []);
  const valueAndGradients: Body = (all) => {
    const [weight, ...rest] = all as [tf.Tensor, ...tf.Tensor[]];
    const loss = (...given: tf.Tensor[]): tf.Scalar => {
      const remaining = [...given];
      const mixed = rest.map((each, index) => (floats[index] ? (remaining.shift() as tf.Tensor) : each));
      return tf.sum(tf.mul(body(mixed) as tf.Tensor, weight));
    };
    const { value, grads } = tf.valueAndGrads(loss)(rest.filter((_, index) => floats[index]));
    return [value, ...grads];
  };
  const argument = [weights, ...inputs];
  const local = captured(`gradient of ${what}`, argument, valueAndGradients);
  const actual = await runOn(engine, local, argument);
  assertAgree(`gradient of ${what}`, actual, eagerly(argument, valueAndGradients));

  const direction = inputs.map((input, index) => (floats[index] ? draw.floats(input.shape, -1, 1) : input));
  const at = async (step: number): Promise<number> => {
    const moved = inputs.map((input, index) =>
      floats[index] ? along(input, direction[index] as Tensor, step) : input,
    );
    const [value] = (await runOn(engine, local, [weights, ...moved])) as [Tensor];
    return Number(value.data[0]);
  };
  const difference = ((await at(STEP)) - (await at(-STEP))) / (2 * STEP);
  const directions = direction.filter((_, index) => floats[index]);
  const derivative = actual
    .slice(1)
    .reduce((sum, gradient, i) => sum + inner(gradient, directions[i] as Tensor), 0);
  const scale = Math.max(1, Math.abs(difference));
  assert(
    Math.abs(difference - derivative) <= DIFFERENCE_TOLERANCE * scale,
    `gradient of ${what}: finite differences give ${difference}, the gradient ${derivative}`,
  );
}

function along(point: Tensor, direction: Tensor, step: number): Tensor {
  const moved = Float32Array.from(
    point.data as Float32Array,
    (value, index) => value + step * ((direction.data as Float32Array)[index] as number),
  );
  return { ...point, data: moved };
}

function inner(a: Tensor, b: Tensor): number {
  return (a.data as Float32Array).reduce(
    (sum, value, i) => sum + value * ((b.data as Float32Array)[i] as number),
    0,
  );
}
