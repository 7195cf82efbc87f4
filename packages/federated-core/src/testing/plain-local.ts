// Local computations in plain JavaScript, for tests of this package, which knows no tensor library.

import { updateChecker } from '../aggregations/check-update.js';
import { createReduction } from '../aggregations/create-reduction.js';
import type { Accumulator } from '../aggregations/reduction.js';
import { OverflowError, RejectedUpdateError } from '../errors/starling-error.js';
import { workOutputs } from '../plan/client-state-leaves.js';
import type { RoundPlan } from '../plan/round-plan.js';
import { clientSlices, selectSlices, splitKeys, unpackSlices } from '../plan/select-slices.js';
import type { LocalComputation, LocalRunner } from '../program/local-computation.js';
import { runProgram } from '../program/run-program.js';
import { clientSeed, clientStateSeed, serverSeed } from '../program/seeds.js';
import { type Seed, seedFrom } from '../random/seed.js';
import { leafCount } from '../types/leaves.js';
import { functionType, isType, type StructType, struct, structEntries, type Type } from '../types/types.js';
import { flatten, unflatten } from '../values/flatten.js';
import type { HostValue } from '../values/host-types.js';
import type { Tensor } from '../values/tensor.js';
import { toHost } from '../values/to-host.js';
import { toValue } from '../values/to-value.js';

// biome-ignore lint/suspicious/noExplicitAny: tests read host values of many shapes, and a wrong one fails the test
type Host = any;
type Body = (argument: Host, seed: Seed) => unknown;

let count = 0;

/** A local computation whose body gets its argument as `toHost` gives it. */
export function plainLocal<const P extends { readonly [name: string]: Type }, R extends Type>(
  parameters: P,
  result: R,
  body: Body,
  name?: string,
): LocalComputation<StructType<P>, R>;
export function plainLocal<P extends Type | null, R extends Type>(
  parameters: P,
  result: R,
  body: Body,
  name?: string,
): LocalComputation<P, R>;
export function plainLocal(
  parameters: Type | null | { readonly [name: string]: Type },
  result: Type,
  body: Body,
  name = 'local',
): LocalComputation {
  const parameter = parameters === null || isType(parameters) ? parameters : struct(parameters);
  const type = functionType(parameter, result);
  return { kind: 'local-computation', name, id: `${name}-${count++}`, type, body };
}

export const plainRunner: LocalRunner = (computation, leaves, seed) => {
  const { parameter, result } = computation.type;
  const argument = parameter === null ? null : toHost(parameter, unflatten(parameter, leaves));
  return flatten(result, toValue(result, computed(result, (computation.body as Body)(argument, seed))));
};

/** What a body gives, with float32 rounded as an engine does: to an infinity too. */
function computed(type: Type, value: Host): Host {
  if (type.kind === 'struct' && typeof value === 'object') {
    const parts = structEntries(type).map(
      ([name, field], index) => [name ?? index, computed(field, value[name ?? index])] as const,
    );
    return Array.isArray(type.elements)
      ? parts.map(([, part]) => part)
      : { ...value, ...Object.fromEntries(parts) };
  }
  if (type.kind !== 'tensor' || type.dtype !== 'float32') return value;
  const rounded = (level: Host): Host => (Array.isArray(level) ? level.map(rounded) : fround(level));
  return rounded(value);
}

const fround = (value: Host): Host => (typeof value === 'number' ? Math.fround(value) : value);

/**
 * Runs a plan as a runtime does: phase by phase, each client's work, lanes, merge, report, apply. `clients` holds
 * one client input each, as host values. `kept` holds what clients keep, by their numbers; it is brought up to date.
 */
export async function runPlan(
  plan: RoundPlan,
  server: unknown,
  clients: readonly unknown[],
  seed: Seed = seedFrom(0),
  kept: Map<string, readonly Tensor[]> = new Map(),
  runSeed: Seed = seedFrom(0),
): Promise<HostValue> {
  const { clientState } = plan;
  const stateOf = async (id: string): Promise<readonly Tensor[]> => {
    if (clientState === undefined) return [];
    return kept.get(id) ?? runProgram(clientState.initialize, [], plainRunner, clientStateSeed(runSeed, id));
  };
  const made = new Map<string, readonly Tensor[]>();
  const input = flatten(plan.serverInput, toValue(plan.serverInput, server));
  const aggregates: Tensor[] = [];
  let cohort = clients.map((client, index) => ({
    id: String(index),
    leaves: flatten(plan.clientInput, toValue(plan.clientInput, client)),
  }));
  const keysOf: Map<string, Int32Array>[][] = [];
  for (const [phaseIndex, phase] of plan.phases.entries()) {
    const { updates: sentLeaves } = workOutputs(plan, phaseIndex);
    const prepared = await runProgram(
      phase.prepare,
      [...input, ...aggregates],
      plainRunner,
      serverSeed(seed),
    );
    let next = leafCount(phase.broadcast);
    const broadcast = prepared.slice(0, next);
    const slices = new Map<string, Tensor[]>(cohort.map(({ id }) => [id, []]));
    for (const selection of phase.selections) {
      const served = prepared.slice(next, next + leafCount(selection.served));
      next += served.length;
      const keys = keysOf[selection.keys.phase]![selection.keys.aggregation]!;
      const own = cohort.map(({ id }) => keys.get(id)!);
      const { rows, rowsOf } = await selectSlices(selection, served, own, plainRunner, serverSeed(seed));
      for (const [position, { id }] of cohort.entries()) {
        const sent = clientSlices(selection.slice, rows, rowsOf[position]!);
        slices.get(id)!.push(...unpackSlices(selection.slice, sent));
      }
    }
    const reductions = phase.aggregations.map((one) => createReduction(one, plainRunner));
    const check = updateChecker(phase.aggregations, reductions);
    const updates = await Promise.all(
      cohort.map(async ({ id, leaves }) => {
        try {
          const worked = await runProgram(
            phase.work,
            [...broadcast, ...slices.get(id)!, ...(await stateOf(id)), ...leaves],
            plainRunner,
            clientSeed(seed, id),
          );
          const sent = worked.slice(0, sentLeaves);
          if (worked.length > sentLeaves) made.set(id, worked.slice(sentLeaves));
          return check(sent) === null ? sent : null;
        } catch (error) {
          if (error instanceof RejectedUpdateError || error instanceof OverflowError) return null;
          throw error;
        }
      }),
    );
    cohort = cohort.filter((_, position) => updates[position] !== null);
    keysOf.push([]);
    let from = 0;
    for (const [index, reduction] of reductions.entries()) {
      const to = from + leafCount(phase.aggregations[index]!.update);
      let total: Accumulator | null = null;
      for (let start = 0; start < updates.length; start += plan.laneSize) {
        let lane: Accumulator | null = null;
        for (const update of updates.slice(start, start + plan.laneSize)) {
          if (update === null) continue;
          lane = await reduction.accumulate(lane ?? (await reduction.zero()), update.slice(from, to));
        }
        if (lane !== null) total = total === null ? lane : await reduction.merge(total, lane);
      }
      const aggregate = await reduction.report(total ?? (await reduction.zero()));
      aggregates.push(...aggregate);
      if (phase.aggregations[index]!.kind === 'select-keys') {
        const keys = splitKeys(aggregate);
        keysOf.at(-1)![index] = new Map(cohort.map(({ id }, position) => [id, keys[position]!]));
      }
      from = to;
    }
  }
  const result = await runProgram(plan.apply, [...input, ...aggregates], plainRunner, serverSeed(seed));
  for (const { id } of cohort) if (made.has(id)) kept.set(id, made.get(id)!);
  return toHost(plan.result, unflatten(plan.result, result));
}
