// Random programs for the engine contract: a few dozen operations drawn from a seed, each on what came before. Passes
// that are right on one kernel at a time can be wrong on their combinations.
import * as tf from '../../tensorflow/tf.js';
import { Draw } from '../drawing/draw.js';
import type { DrawnCase } from '../drawing/kernel-case.js';
import { bounded, steps } from './random-steps.js';

const OPERATIONS = 12;
const INPUTS = 3;
const LARGEST = 64;

/** The sum of the means of all that a program of the seed makes of what it is given. */
export function runProgram(seed: number, given: readonly tf.Tensor[]): tf.Scalar {
  const draw = new Draw(seed + 1_000_000);
  const pool = [...given];
  for (let count = 0; count < OPERATIONS; count++) {
    const made = draw.pick(steps)(pool, draw);
    if (made !== null && made.size <= LARGEST) pool.push(bounded(made));
  }
  return pool.map((each) => tf.mean(each)).reduce((sum, each) => tf.add(sum, each)) as tf.Scalar;
}

/** A program of a seed: the value of `runProgram`, and its gradients by the inputs. */
export function randomProgram(seed: number): DrawnCase {
  const draw = new Draw(seed);
  const inputs = Array.from({ length: INPUTS }, () => draw.floats([draw.int(1, 3), draw.int(1, 3)], -1, 1));
  return {
    inputs,
    body: (given) => {
      const { value, grads } = tf.valueAndGrads((...all: tf.Tensor[]) => runProgram(seed, all))([...given]);
      return [value, ...grads];
    },
  };
}
