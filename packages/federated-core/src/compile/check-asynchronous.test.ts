import { describe, expect, test } from 'vitest';
import { federatedComputation } from '../computations/federated-computation.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedSecureSum } from '../intrinsics/secure/federated-secure-sum.js';
import { federatedDiscountedMean } from '../intrinsics/sums/federated-discounted-mean.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { plainLocal } from '../testing/plain-local.js';
import { atClients, float32, int32, struct } from '../types/types.js';
import { checkAsynchronous } from './check-asynchronous.js';
import { compilePlan } from './compile-plan.js';

const x = atClients(float32());

describe('checkAsynchronous', () => {
  test('`checkAsynchronous` lets a plan pass that has one phase and says what a stale report counts for', () => {
    const plan = compilePlan(
      federatedComputation({ x, n: x }, (given) => ({
        model: federatedDiscountedMean(given.x),
        loss: federatedMean(given.n),
      })),
    );
    expect(() => checkAsynchronous(plan)).not.toThrow();
  });

  test('`checkAsynchronous` refuses a plan of two phases, and names what the second waits for', () => {
    const minus = plainLocal(struct({ a: float32(), b: float32() }), float32(), ({ a, b }) => a - b, 'minus');
    const plan = compilePlan(
      federatedComputation({ x }, (given) => {
        const b = federatedBroadcast(federatedMean(given.x));
        return federatedDiscountedMean(federatedMap(minus, { a: given.x, b }));
      }),
    );
    expect(() => checkAsynchronous(plan)).toThrow(
      /need one phase of broadcast, work and sum, got 2: phase 2 waits for what phase 1 comes to \(federatedMean.* at .*check-asynchronous\.test\.ts:/,
    );
  });

  test('`checkAsynchronous` refuses secure sums, and says why', () => {
    const plan = compilePlan(
      federatedComputation({ x, n: atClients(int32()) }, (given) => ({
        model: federatedDiscountedMean(given.x),
        count: federatedSecureSum(given.n, { maxInput: 9 }),
      })),
    );
    expect(() => checkAsynchronous(plan)).toThrow(
      /phase 1 has a secure sum \(federatedSecureSum.*\): a client masks what it sends before its staleness is known.*Run it in rounds that wait: leave asynchronous out/,
    );
  });

  test('`checkAsynchronous` refuses a plan that does not say what a stale report counts for', () => {
    const plan = compilePlan(federatedComputation({ x }, (given) => federatedMean(given.x)));
    expect(() => checkAsynchronous(plan)).toThrow(
      /phase 1 says nowhere what a stale report counts for \(federatedMean.*Average by federatedDiscountedMean.*the aggregator discountedMean\(\), as fedBuff has it/,
    );
  });

  test('`checkAsynchronous` refuses a plan that asks nothing of clients', () => {
    const plan = compilePlan(federatedComputation(null, () => ({})));
    expect(() => checkAsynchronous(plan)).toThrow('got none: it asks nothing of clients');
  });
});
