// Plans against the reference meaning, on random programs: any nesting of broadcasts, maps, draws, aggregates and
// calls, over one round trip or many.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call } from '../computations/call.js';
import { type FederatedComputation, federatedComputation } from '../computations/federated-computation.js';
import { deserializeComputation, serializeComputation } from '../computations/serialize.js';
import type { AnyClientsValue, AnyServerValue } from '../expression/placed-values.js';
import { field } from '../expression/symbolic-value.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedSecureSelect } from '../intrinsics/moves/federated-secure-select.js';
import { federatedSelect } from '../intrinsics/moves/federated-select.js';
import { federatedEval } from '../intrinsics/pointwise/federated-eval.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import { federatedZip } from '../intrinsics/pointwise/federated-zip.js';
import { federatedSequenceSum } from '../intrinsics/sequences/federated-sequence-sum.js';
import { federatedAggregate } from '../intrinsics/sums/federated-aggregate.js';
import { federatedMax } from '../intrinsics/sums/federated-max.js';
import { federatedMean } from '../intrinsics/sums/federated-mean.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { formatPlan } from '../printing/format-plan.js';
import { inspectPlan } from '../printing/inspect-plan.js';
import { generator } from '../random/generator.js';
import { seedFrom } from '../random/seed.js';
import { bothWays } from '../testing/both-ways.js';
import { plainLocal } from '../testing/plain-local.js';
import { reveals } from '../types/disclosure.js';
import { atClients, atServer, float64, int32, type TensorType } from '../types/types.js';
import { compilePlan } from './compile-plan.js';

type Value = TensorType<'float64'>;
interface Pool {
  readonly clients: AnyClientsValue<Value>[];
  readonly server: AnyServerValue<Value>[];
}
/** A step of a program: which operator, on which values of the pool (taken modulo its size). */
type Step = readonly [operator: number, first: number, second: number];

const mix = plainLocal({ a: float64(), b: float64() }, float64(), ({ a, b }) => a / 3 + Math.sin(b), 'mix');
const draw = plainLocal(null, float64(), (_, seed) => generator(seed).uniform(), 'draw');
const add = plainLocal({ a: float64(), b: float64() }, float64(), ({ a, b }) => a + b, 'add');
const same = plainLocal(float64(), float64(), (x) => x, 'same');
/** Keys 0 to 4, some twice; or none; or, of a value in a thousand, one that is out of range. */
const keysOf = plainLocal(
  float64(),
  int32(null),
  (x) => {
    const key = Math.floor(Math.abs(x * 1000)) % 1000;
    return key === 999 ? [7] : Array.from({ length: key % 4 }, (_, index) => (key + 3 * index * index) % 5);
  },
  'keysOf',
);
/** A slice that draws. */
const shade = plainLocal(
  { value: float64(), key: int32() },
  float64(),
  ({ value, key }, seed) => value / (key + 2) + generator(seed).uniform(),
  'shade',
);
/** A computation of two round trips, to be called. */
const spread = federatedComputation({ x: atClients(float64()) }, ({ x }) => {
  const center = federatedBroadcast(federatedMean(x, { ifEmpty: 0 }));
  return {
    center: federatedMean(center, { ifEmpty: 0 }),
    gap: federatedSum(federatedMap(mix, [x, center])),
  };
});

const at = <T>(values: readonly T[], index: number): T => values[index % values.length]!;
/** One of the latest, so that programs grow deep. */
const recent = <T>(values: readonly T[], index: number): T =>
  values[values.length - 1 - (index % Math.min(3, values.length))]!;

const operators: readonly ((pool: Pool, first: number, second: number) => void)[] = [
  ({ clients, server }, i) => clients.push(federatedBroadcast(recent(server, i))),
  ({ clients }, i, j) => clients.push(federatedMap(mix, { a: recent(clients, i), b: recent(clients, j) })),
  ({ server }, i, j) => server.push(federatedMap(mix, [recent(server, i), recent(server, j)])),
  ({ clients }) => clients.push(federatedEval(draw, 'CLIENTS')),
  ({ server }) => server.push(federatedEval(draw, 'SERVER')),
  ({ clients }, i) => clients.push(federatedValue(i / 7, 'CLIENTS', float64())),
  ({ clients }, i, j) =>
    clients.push(field(federatedZip({ x: recent(clients, i), y: recent(clients, j) }), 'y')),
  ({ clients, server }, i) => server.push(federatedSum(recent(clients, i))),
  ({ clients, server }, i, j) => {
    server.push(
      federatedMean(recent(clients, i), { weight: federatedMap(same, recent(clients, j)), ifEmpty: -1 }),
    );
  },
  ({ clients, server }, i) => server.push(federatedMax(recent(clients, i), { ifEmpty: 5 })),
  ({ clients, server }, i) => {
    server.push(
      federatedAggregate(recent(clients, i), { zero: 0, accumulate: add, merge: add, report: same }),
    );
  },
  ({ clients, server }, i, j) => {
    const keys = federatedMap(keysOf, recent(clients, i));
    clients.push(
      federatedSequenceSum(federatedSelect(recent(server, j), { keys, keyBound: 5, slice: shade })),
    );
  },
  ({ clients, server }, i, j) => {
    const keys = federatedMap(keysOf, recent(clients, i));
    const slices = federatedSecureSelect(recent(server, j), { keys, keyBound: 5, slice: shade });
    clients.push(
      federatedSequenceSum(slices),
      federatedSequenceSum(federatedSelect(recent(server, i), { keys, keyBound: 6, slice: shade })),
    );
  },
  ({ clients, server }, i) => {
    const called = call(spread, { x: recent(clients, i) });
    server.push(field(called, 'gap'), field(called, 'center'));
  },
];

function programOf(steps: readonly Step[]): FederatedComputation {
  return federatedComputation({ x: atClients(float64()), y: atServer(float64()) }, ({ x, y }) => {
    const pool: Pool = { clients: [x], server: [y] };
    for (const [operator, first, second] of steps) at(operators, operator)(pool, first, second);
    return { last: pool.server.at(-1)!, all: pool.server.slice(0, 4) };
  });
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.tuple(fc.nat(operators.length - 1), fc.nat(20), fc.nat(20)),
  { minLength: 1, maxLength: 50, size: 'max' },
);
const values = fc.array(
  fc.integer({ min: -90, max: 90 }).map((n) => n / 9),
  { maxLength: 8 },
);

test('`compilePlan` gives what `evaluate` gives, to the bit, on random programs', async () => {
  let most = 0;
  await fc.assert(
    fc.asyncProperty(
      steps,
      values,
      fc.integer({ min: 1, max: 4 }),
      fc.nat(),
      async (program, x, laneSize, seed) => {
        const computation = programOf(program);
        most = Math.max(most, compilePlan(computation).phases.length);
        await bothWays(computation, { x, y: 2 }, { laneSize, seed: seedFrom(seed) });
      },
    ),
    { numRuns: 100 },
  );
  expect(most).toBeGreaterThan(3);
});

test('`inspectPlan` says that a plan is revealing only where the type of the computation says so, on random programs', () => {
  const seen = { revealing: 0, aggregated: 0 };
  fc.assert(
    fc.property(steps, (program) => {
      const computation = programOf(program);
      const { revealing } = inspectPlan(compilePlan(computation));
      if (revealing) expect(reveals(computation.type)).toBe(true);
      seen[revealing ? 'revealing' : 'aggregated']++;
    }),
  );
  expect(Math.min(seen.revealing, seen.aggregated)).toBeGreaterThan(10);
});

test('`deserializeComputation` gives the same plan back on random programs', () => {
  fc.assert(
    fc.property(steps, (program) => {
      const computation = programOf(program);
      const { text, locals } = serializeComputation(computation);
      const again = deserializeComputation(text, (id) => locals.get(id));
      expect(formatPlan(compilePlan(again))).toBe(formatPlan(compilePlan(computation)));
    }),
  );
});
