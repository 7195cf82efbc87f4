// Holds an engine to the float64 reference at the edges: NaN, infinities, zeros, integers and booleans exactly, floats
// within the units in the last place that reference/accuracy.ts states.
import type { Tensor } from '@starling/federated-core';
import { assert } from 'vitest';
import { kernelGraphOf } from '../capture/local-computation.js';
import type { Engine } from '../engine/engine.js';
import type { Kernel } from '../graph/kernels.js';
import { captured, runOn } from './drawing/agreement.js';
import { Draw } from './drawing/draw.js';
import { ACCURACY, type Accuracy } from './reference/accuracy.js';
import { interpret, LEAST_NORMAL } from './reference/interpret.js';
import type { Values } from './reference/values.js';
import { specialCases } from './special/special-cases.js';

const SEEDS = [1, 2];
/** Below, results are within the least normal number: processors may take numbers below that for 0. */
const SMALL = 2 ** -120;
const LARGEST = (2 - 2 ** -23) * 2 ** 127;

/**
 * The largest error of the kernel on the engine, in the units of its accuracy; throws if it is above that, or a
 * value is wrong.
 */
export async function keepsAccuracy(engine: Engine, kernel: Kernel): Promise<number> {
  let worst = 0;
  for (const seed of SEEDS) {
    for (const [index, { inputs, body }] of specialCases[kernel](new Draw(seed)).entries()) {
      const local = captured(kernel, inputs, body);
      const graph = kernelGraphOf(local);
      const kernels = graph.nodes.map((node) => (node.op === 'kernel' ? node.kernel : node.op));
      const expected = interpret(graph, inputs, 'each kernel');
      const flushed = interpret(graph, inputs, 'to normal numbers');
      const actual = await runOn(engine, local, inputs);
      const what = `${kernel} ${seed}.${index} (${kernels.join(', ')})`;
      for (const [output, values] of expected.entries()) {
        const given = inputs.map(({ data }) => data);
        worst = Math.max(
          worst,
          compare(
            `${what} output ${output}`,
            ACCURACY[kernel],
            actual[output] as Tensor,
            values,
            given,
            flushed[output]!,
          ),
        );
      }
    }
  }
  return worst;
}

function compare(
  what: string,
  accuracy: Accuracy,
  actual: Tensor,
  expected: Values,
  inputs: readonly Tensor['data'][],
  flushed: Values,
): number {
  assert.strictEqual(actual.dtype, expected.dtype, `${what}: element type`);
  assert.deepEqual([...actual.shape], [...expected.shape], `${what}: shape`);
  const isOfFinite = inputs.every((data) => (data as Float32Array).every(Number.isFinite));
  // What is not finite spreads only from what was not.
  const held: Accuracy = isOfFinite ? { ...accuracy, specials: 'exact' } : accuracy;
  const unit = unitOf(accuracy, expected);
  let worst = 0;
  for (const [index, right] of expected.data.entries()) {
    const got = Number((actual.data as Float32Array)[index]);
    // What is below the normal numbers between two kernels may have become 0.
    const error = Math.min(
      ...[right, flushed.data[index] as number].map((each) =>
        errorOf(held, expected.dtype, got, each, unit(index)),
      ),
    );
    const allowed = expected.dtype === 'float32' ? accuracy.ulps : 0;
    // Of inputs of the output's shape, those at its place.
    const of = inputs.filter(({ length }) => length === expected.data.length).map((data) => data[index]);
    assert(
      error <= allowed,
      `${what} at ${index}${of.length > 0 ? ` of ${of}` : ''}: must be ${right}, got ${got} (${error} ulp)`,
    );
    worst = Math.max(worst, error);
  }
  return worst;
}

/** What one unit in the last place is, by the element. */
function unitOf(accuracy: Accuracy, { data, terms }: Values): (index: number) => number {
  const finite = (terms ?? data).filter(Number.isFinite);
  const largest = finite.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (index) => {
    const right = Math.abs(data[index] as number);
    switch (accuracy.of) {
      case 'result':
        return lastPlace(right);
      case 'one':
        return lastPlace(Math.max(1, right));
      case 'terms':
        return lastPlace((terms ?? data)[index] as number);
      case 'largest terms':
        return lastPlace(largest);
    }
  };
}

/** The distance of float32s at a magnitude. Below the normal ones results may be 0. */
function lastPlace(magnitude: number): number {
  if (!Number.isFinite(magnitude)) return 1;
  const exponent = Math.floor(Math.log2(Math.max(Math.abs(magnitude), LEAST_NORMAL)));
  return 2 ** (Math.min(exponent, 127) - 23);
}

function errorOf(accuracy: Accuracy, dtype: string, got: number, right: number, unit: number): number {
  if (dtype !== 'float32') return got === right ? 0 : Number.POSITIVE_INFINITY;
  const rounded = Math.fround(right);
  if (!Number.isFinite(rounded)) {
    if (Object.is(got, rounded)) return 0;
    if (accuracy.specials === 'not finite' && Number.isNaN(got)) return 0;
    // A result at the end of the range may stop short of infinity.
    return Number.isFinite(right) && Number.isFinite(got)
      ? Math.abs(got - right) / unit
      : Number.POSITIVE_INFINITY;
  }
  if (!Number.isFinite(got)) {
    if (accuracy.specials === 'not finite') return 0;
    const isOver = Math.sign(got) === Math.sign(right) && Math.abs(right) > LARGEST - accuracy.ulps * unit;
    return Math.abs(got) === Number.POSITIVE_INFINITY && isOver ? accuracy.ulps : Number.POSITIVE_INFINITY;
  }
  if (right === 0 && got === 0) {
    return accuracy.zeros === 'either' || Object.is(got, right) ? 0 : Number.POSITIVE_INFINITY;
  }
  const distance = Math.abs(got - right);
  if (Math.abs(right) < SMALL && distance <= LEAST_NORMAL) return 0;
  return distance / unit;
}
