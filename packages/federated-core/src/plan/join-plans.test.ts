import { describe, expect, test } from 'vitest';
import { compilePlan } from '../compile/compile-plan.js';
import { federatedComputation } from '../computations/federated-computation.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { runProgram } from '../program/run-program.js';
import { plainLocal, plainRunner } from '../testing/plain-local.js';
import { formatType } from '../types/format.js';
import { atClients, atServer, float32, struct } from '../types/types.js';
import type { Tensor } from '../values/tensor.js';
import { joinPlans } from './join-plans.js';

const scalar = (value: number): Tensor => ({ dtype: 'float32', shape: [], data: Float32Array.of(value) });
const numbers = (leaves: readonly Tensor[]) => leaves.map(({ data }) => Number(data[0]));
const run = async (...parameters: readonly [Parameters<typeof runProgram>[0], ...number[]]) => {
  const [program, ...inputs] = parameters;
  return numbers(await runProgram(program, inputs.map(scalar), plainRunner as never, [1, 2]));
};

const pair = struct({ left: float32(), right: float32() });
const minus = plainLocal(pair, float32(), ({ left, right }) => left - right, 'minus');

/** Two phases: the mean of `x`, then the sum of x − mean; times nothing, with the server's `offset` taken off. */
const first = compilePlan(
  federatedComputation({ offset: atServer(float32()), x: atClients(float32()) }, ({ offset, x }) => {
    const mean = federatedBroadcast(federatedMean(x));
    const sum = federatedSum(federatedMap(minus, { left: x, right: mean }));
    return federatedMap(minus, { left: sum, right: offset });
  }),
  { laneSize: 2 },
);
/** One phase: the sum of x − model. */
const second = compilePlan(
  federatedComputation(
    { model: atServer(float32()), y: atClients(float32()), x: atClients(float32()) },
    ({ model, y, x }) => {
      const far = federatedMap(minus, { left: x, right: federatedBroadcast(model) });
      return { far: federatedSum(far), other: federatedMean(y) };
    },
  ),
  { laneSize: 2 },
);

describe('joinPlans', () => {
  const joined = joinPlans(first, second);

  test('`joinPlans` numbers the phases on, and takes what either takes', () => {
    expect(joined.phases.length).toBe(3);
    expect(formatType(joined.serverInput)).toBe('<first=<offset=float32>,second=<model=float32>>');
    expect(formatType(joined.clientInput)).toBe('<x=float32,y=float32>');
    expect(formatType(joined.result)).toBe('<first=float32,second=<far=float32,other=float32>>');
  });

  test('`joinPlans` has clients work as each plan does', async () => {
    // Held: x = 3, y = 50. Phase 0 sends x; phase 1, given the mean 1, x − 1; phase 2, given the model 10, x − 10 and
    // y.
    expect(await run(joined.phases[0]!.work, 3, 50)).toEqual([3]);
    expect(await run(joined.phases[1]!.work, 1, 3, 50)).toEqual([2]);
    expect(await run(joined.phases[2]!.work, 10, 3, 50)).toEqual([-7, 50]);
  });

  test('`joinPlans` has the server prepare and apply as each plan does', async () => {
    // Server: offset = 5, model = 10; then the aggregates of each phase: the mean 1, the sum 2, far −7, other 50.
    expect(await run(joined.phases[0]!.prepare, 5, 10)).toEqual([]);
    expect(await run(joined.phases[1]!.prepare, 5, 10, 1)).toEqual([1]);
    expect(await run(joined.phases[2]!.prepare, 5, 10, 1, 2)).toEqual([10]);
    expect(await run(joined.apply, 5, 10, 1, 2, -7, 50)).toEqual([-3, -7, 50]);
  });

  test('`joinPlans` refuses clients that hold something else, and lanes of two sizes', () => {
    const other = (type: ReturnType<typeof float32>) =>
      compilePlan(
        federatedComputation({ x: atClients(type) }, ({ x }) => federatedSum(x)),
        { laneSize: 2 },
      );
    expect(() => joinPlans(first, other(float32(3)))).toThrow(
      'their clients must hold the same, or fields of one type by one name, got <x=float32> and <x=float32[3]>',
    );
    expect(() => joinPlans(first, { ...second, laneSize: 3 })).toThrow(
      'lanes must have one size, got 2 and 3',
    );
  });
});
