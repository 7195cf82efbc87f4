// Random programs with their gradients, on every engine against the float64 reference. A share runs with the other
// tests; `npm run test:random-graphs` runs 10,000.
import type { Tensor } from '@starling/federated-core';
import { afterAll, describe, expect, test } from 'vitest';
import { kernelGraphOf } from '../../capture/local-computation.js';
import { ENGINES } from '../../testing/engines.js';
import { captured, runOn } from '../drawing/agreement.js';
import { interpret } from '../reference/interpret.js';
import type { Values } from '../reference/values.js';
import { randomProgram } from './random-program.js';

const GRAPHS = Number(process.env['STARLING_RANDOM_GRAPHS'] ?? 100);
const GRAPHS_A_PART = 50;
/** Of the largest magnitude of the tensor, and at least of 1: a program rounds some dozens of times. */
const TOLERANCE = 2e-5;
/**
 * A program whose result moves by more where each kernel's does by a last place stands on a jump, such as the gradient
 * of a maximum of two equal numbers, or multiplies errors: it decides nothing.
 */
const UNDECIDED = 1e-5;
const JITTERS = [1, 2, 3, 4];
const MOST_UNDECIDED = 0.05;

/** The largest difference, relative to the largest magnitude and at least to 1; NaN and infinities must be equal. */
function distance(actual: Tensor | Values, expected: Values): number {
  const right = Array.from(expected.data);
  const scale = right.filter(Number.isFinite).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return right.reduce((worst, value, index) => {
    const got = Number(actual.data[index]);
    if (Object.is(got, value)) return worst;
    const difference = Math.abs(got - value) / scale;
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(worst, difference);
  }, 0);
}

describe('random graphs', () => {
  let undecided = 0;
  afterAll(() => {
    expect(undecided).toBeLessThanOrEqual(Math.max(2, GRAPHS * MOST_UNDECIDED));
  });

  const parts = Array.from({ length: Math.ceil(GRAPHS / GRAPHS_A_PART) }, (_, part) => part);
  test.each(parts)('agree with the float64 reference on every engine, part %i', async (part) => {
    // Engines keep the sessions of their graphs.
    const engines = await Promise.all(ENGINES.map(([, make]) => make()));
    for (let index = 0; index < GRAPHS_A_PART; index++) {
      const seed = part * GRAPHS_A_PART + index + 1;
      const { inputs, body } = randomProgram(seed);
      const local = captured(`graph ${seed}`, inputs, body);
      const graph = kernelGraphOf(local);
      const exact = interpret(graph, inputs, 'none');
      const isDecided = JITTERS.every((jitter) => {
        const moved = interpret(graph, inputs, { jitter });
        return exact.every((each, output) => distance(moved[output] as Values, each) <= UNDECIDED);
      });
      if (!isDecided) {
        undecided++;
        continue;
      }
      for (const [which, engine] of engines.entries()) {
        const actual = await runOn(engine, local, inputs);
        for (const [output, each] of exact.entries()) {
          const error = distance(actual[output] as Tensor, each);
          const what = `output ${output} of graph ${seed} on ${ENGINES[which]?.[0]}`;
          expect(error, what).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    }
    for (const engine of engines) await engine.dispose();
  });
});
