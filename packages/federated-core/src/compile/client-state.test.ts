import { describe, expect, test } from 'vitest';
import { type FederatedComputation, federatedComputation } from '../computations/federated-computation.js';
import { evaluateRound } from '../evaluate/evaluate-round.js';
import { field } from '../expression/symbolic-value.js';
import { federatedBroadcast } from '../intrinsics/moves/federated-broadcast.js';
import { federatedEval } from '../intrinsics/pointwise/federated-eval.js';
import { federatedMap } from '../intrinsics/pointwise/federated-map.js';
import { federatedValue } from '../intrinsics/pointwise/federated-value.js';
import { federatedSum } from '../intrinsics/sums/federated-sum.js';
import { joinPlans } from '../plan/join-plans.js';
import { formatPlan } from '../printing/format-plan.js';
import { inspectPlan } from '../printing/inspect-plan.js';
import { generator } from '../random/generator.js';
import { seedFrom } from '../random/seed.js';
import { clientStateOptions, iterativeProcess } from '../templates/iterative-process.js';
import { plainLocal, plainRunner, runPlan } from '../testing/plain-local.js';
import { atClients, atServer, float64, struct } from '../types/types.js';
import { unflatten } from '../values/flatten.js';
import type { HostValue } from '../values/host-types.js';
import { toHost } from '../values/to-host.js';
import { compilePlan } from './compile-plan.js';

const kept = struct({ seen: float64(), bias: float64() });
const zero = federatedComputation(null, () => federatedValue(0, 'SERVER', float64()));
const draw = plainLocal(null, float64(), (_, seed) => generator(seed).uniform(), 'draw');
const first = plainLocal(
  { a: float64(), b: float64() },
  kept,
  ({ a, b }) => ({ seen: 0, bias: a - b }),
  'first',
);
/** Two draws, so that a seed that both calls shared would give a bias of 0. */
const initializeClient = federatedComputation(null, () =>
  federatedMap(first, { a: federatedEval(draw, 'CLIENTS'), b: federatedEval(draw, 'CLIENTS') }),
);
const step = plainLocal(
  { x: float64(), model: float64(), kept },
  kept,
  ({ x, model, kept: { seen, bias } }) => ({ seen: seen + 1, bias: bias / 2 + x * 0.3 + model }),
  'step',
);
const add = plainLocal({ a: float64(), b: float64() }, float64(), ({ a, b }) => a + b, 'add');

/** After so many aggregates, one after another, the clients' state is made. */
function processOf(depth: 0 | 1 | 2) {
  const next = federatedComputation(
    { state: atServer(float64()), clientState: atClients(kept), x: atClients(float64()) },
    ({ state, clientState, x }) => {
      const sent = federatedMap(add, { a: x, b: field(clientState, 'bias') });
      const one = federatedSum(sent);
      const both = federatedMap(add, { a: sent, b: federatedBroadcast(one) });
      const two = federatedSum(both);
      const model = [state, one, two][depth]!;
      return {
        clientState: federatedMap(step, { x, model: federatedBroadcast(model), kept: clientState }),
        state: federatedMap(add, { a: state, b: two }),
        metrics: { one },
      };
    },
    { name: `depth-${depth}` },
  );
  return iterativeProcess({ initialize: zero, initializeClient, next });
}

describe('compilePlan of a process whose clients keep a state', () => {
  test.each([0, 1, 2] as const)(
    '`compilePlan` gives what `evaluateRound` gives when the state is made after %i aggregates',
    async (depth) => {
      const process = processOf(depth);
      const plan = compilePlan(process.next, { ...clientStateOptions(process), laneSize: 2 });
      // The third phase has nothing to send: it is there for the state alone.
      expect(plan.phases.map(({ aggregations }) => aggregations.length)).toEqual(
        depth === 2 ? [1, 1, 0] : [1, 1],
      );
      expect(plan.clientState?.madeIn).toBe(depth);
      const runSeed = seedFrom(9);
      const leaves = new Map();
      let states: ReadonlyMap<string, HostValue> = new Map();
      let state: HostValue = 0;
      for (let round = 1; round <= 4; round++) {
        // Client 2 is refused in round 3, and keeps what it had.
        const x = [0.5, round, round === 3 ? Number.NaN : 2, -1];
        const seed = seedFrom(round);
        const planned = (await runPlan(
          plan,
          { state },
          x.map((each) => ({ x: each })),
          seed,
          leaves,
          runSeed,
        )) as { state: HostValue };
        const before = states.get('2');
        const reference = await evaluateRound(process, { state, x }, states, {
          run: plainRunner,
          seed,
          runSeed,
          clientIds: ['0', '1', '2', '3'],
          laneSize: 2,
        });
        expect(planned).toEqual({ state: reference.state, metrics: reference.metrics });
        states = reference.clientStates;
        if (round === 3) expect(states.get('2')).toEqual(before);
        state = planned.state;
      }
      for (const [id, value] of leaves) {
        expect(toHost(kept, unflatten(kept, value))).toEqual(states.get(id));
      }
      expect([...states.values()].map((each) => (each as { seen: number }).seen)).toEqual([4, 4, 3, 4]);
    },
  );

  test('`compilePlan` is the same plan as before where clients keep nothing', () => {
    const { next } = processOf(0);
    const plan = compilePlan(
      federatedComputation({ state: atServer(float64()), x: atClients(float64()) }, ({ state, x }) => ({
        state,
        metrics: federatedSum(x),
      })),
    );
    expect('clientState' in plan).toBe(false);
    expect(() => compilePlan(next)).toThrow('clientState of its result must be at SERVER');
  });

  test('`inspectPlan` says how many bytes each client keeps, and `formatPlan` that they are not sent', () => {
    const process = processOf(0);
    const plan = compilePlan(process.next, clientStateOptions(process));
    // Two numbers of 8 bytes.
    expect(inspectPlan(plan).clientState).toEqual({
      type: '<seen=float64,bias=float64>',
      bytes: 16,
      whenLost: 'restart',
      readOnly: false,
    });
    expect(inspectPlan(plan).clientInput).toBe('<x=float64>');
    expect(formatPlan(plan)).toContain(
      '  client state: <seen=float64,bias=float64> (never sent; a client that has lost it: restart)',
    );
    expect(formatPlan(plan)).toContain('kept.bias');
  });

  test('`joinPlans` lets the second plan read what clients keep by the first, and not make it', async () => {
    const process = processOf(0);
    const rounds = compilePlan(process.next, { ...clientStateOptions(process), laneSize: 2 });
    const reading = federatedComputation(
      { clientState: atClients(kept), y: atClients(float64()) },
      ({ clientState, y }) => federatedSum(federatedMap(add, { a: field(clientState, 'bias'), b: y })),
    );
    const evaluation = compilePlan(reading, { reads: rounds.clientState!, laneSize: 2 });
    expect(evaluation.clientState?.madeIn).toBeNull();
    const joined = joinPlans(rounds, evaluation);
    expect(joined.clientState?.madeIn).toBe(0);
    const leaves = new Map();
    const clients = [1, 2, 3].map((x) => ({ x, y: 10 * x }));
    const value = (await runPlan(
      joined,
      { first: { state: 0 }, second: {} },
      clients,
      seedFrom(1),
      leaves,
    )) as {
      second: number;
    };
    // Read as it was before the round: the first states, as the evaluation alone finds them. It writes nothing.
    const firsts = new Map();
    const alone = runPlan(
      evaluation,
      {},
      clients.map(({ y }) => ({ y })),
      seedFrom(1),
      firsts,
    );
    expect(value.second).toBe(await alone);
    expect(firsts.size).toBe(0);
    expect(() => joinPlans(evaluation, rounds)).toThrow('may only read what clients keep by the first');
  });

  test('`compilePlan` says what is missing where a computation does not take or return the state', () => {
    const process = processOf(0);
    const { clientState } = clientStateOptions(process);
    const without = federatedComputation({ x: atClients(float64()) }, ({ x }) => ({
      state: federatedSum(x),
    }));
    expect(() => compilePlan(without, { clientState: clientState! })).toThrow(
      'need a parameter clientState of {<seen=float64,bias=float64>}@CLIENTS, got none',
    );
    const reads = federatedComputation({ clientState: atClients(kept) }, ({ clientState: mine }) => ({
      state: federatedSum(field(mine, 'seen')),
    }));
    expect(() => compilePlan(reads, { clientState: clientState! })).toThrow(
      'need a part clientState of its result, {<seen=float64,bias=float64>}@CLIENTS, got <state=float64@SERVER>',
    );
  });
});

describe('iterativeProcess with a state of clients', () => {
  const { next, initialize } = processOf(0);

  test('`iterativeProcess` names what is wrong with a state that does not go round', () => {
    const other = federatedComputation(null, () => federatedValue(0, 'CLIENTS', float64()));
    // @ts-expect-error another type
    expect(() => iterativeProcess({ initialize, initializeClient: other, next })).toThrow(
      'next must take a parameter clientState of float64@CLIENTS, got {<seen=float64,bias=float64>}@CLIENTS',
    );
    // @ts-expect-error at the server
    expect(() => iterativeProcess({ initialize, initializeClient: initialize, next })).toThrow(
      'initializeClient must give one value at CLIENTS (federatedZip makes one of several), got float64@SERVER',
    );
    expect(() => iterativeProcess({ initialize, next } as never)).toThrow(
      'next must return { state, metrics }',
    );
    expect(() =>
      iterativeProcess({ initialize, initializeClient, next }, { whenLost: 'forget' as never }),
    ).toThrow('restart');
    const ordinary = federatedComputation({ state: atServer(float64()) }, ({ state }) => ({
      state,
      metrics: state,
    })) satisfies FederatedComputation;
    expect(() => iterativeProcess({ initialize, next: ordinary }, { whenLost: 'restart' })).toThrow(
      'whenLost is of what clients keep: need initializeClient',
    );
  });
});
