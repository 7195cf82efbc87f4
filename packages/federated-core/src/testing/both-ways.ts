// Evaluates a computation by its reference meaning and by its compiled plan, and holds the two to the same bits.
import { expect } from 'vitest';
import { type CompileOptions, compilePlan } from '../compile/compile-plan.js';
import { parametersAt } from '../compile/parameters.js';
import type { FederatedComputation } from '../computations/federated-computation.js';
import { evaluate } from '../evaluate/evaluate.js';
import { type Seed, seedFrom } from '../random/seed.js';
import type { HostValue } from '../values/host-types.js';
import { plainRunner, runPlan } from './plain-local.js';

/** The value of `computation` on `argument` (as `evaluate` takes it); fails when plan and reference differ. */
export async function bothWays(
  computation: FederatedComputation,
  argument: unknown,
  { seed = seedFrom(1), clients, ...options }: CompileOptions & { seed?: Seed; clients?: number } = {},
): Promise<HostValue> {
  const reference = await settled(
    evaluate(computation, argument, {
      run: plainRunner,
      seed,
      ...(clients === undefined ? {} : { clients }),
      ...options,
    }),
  );
  const [server, members] = split(computation, argument, clients);
  const planned = await settled(runPlan(compilePlan(computation, options), server, members, seed));
  if (reference instanceof Error || planned instanceof Error) {
    expect((planned as { code?: unknown }).code).toBe((reference as { code?: unknown }).code);
    throw planned;
  }
  expect(planned).toEqual(reference);
  return planned;
}

async function settled(value: Promise<HostValue>): Promise<HostValue | Error> {
  return value.catch((error: Error) => error);
}

/** The server's input and each client's, from an argument with arrays of members. */
function split(
  { parameters }: FederatedComputation,
  argument: unknown,
  clients = 0,
): readonly [unknown, readonly unknown[]] {
  const [only] = parameters;
  if (only?.name === null) {
    return parametersAt(parameters, 'CLIENTS').length === 0 ? [argument, []] : [{}, argument as unknown[]];
  }
  const given = argument as Readonly<Record<string, unknown>>;
  const pick = (names: readonly (string | null)[], choose: (value: unknown) => unknown) =>
    Object.fromEntries(names.map((name) => [name as string, choose(given[name as string])]));
  const serverNames = parametersAt(parameters, 'SERVER').map(({ name }) => name);
  const clientNames = parametersAt(parameters, 'CLIENTS').map(({ name }) => name);
  const size = clientNames.length === 0 ? clients : (given[clientNames[0] as string] as unknown[]).length;
  return [
    pick(serverNames, (value) => value),
    Array.from({ length: size }, (_, index) => pick(clientNames, (value) => (value as unknown[])[index])),
  ];
}
