// Two plans for the same clients as one, so that a runtime which is made ready for it can run the phases of either: the
// rounds of a run, and what its clients are asked in between, such as how good the model is.
import { CompileError } from '../errors/starling-error.js';
import { registersMade, withInputsAt } from '../program/map-registers.js';
import type { LocalProgram, Register } from '../program/program.js';
import { formatType } from '../types/format.js';
import { leafCount } from '../types/leaves.js';
import { isEquivalent } from '../types/relations.js';
import { struct, structEntries, type Type } from '../types/types.js';
import type { ClientState, Phase, RoundPlan } from './round-plan.js';

/**
 * The phases of `first`, then those of `second`, numbered on; what each computes is as it was. Server input and result
 * are structs `<first=…,second=…>`. Clients hold what either takes: the same, or fields by names that have one type in
 * both; what they keep is what `first` says, which `second` may read. Throws a `CompileError` for other clients, and
 * for lanes of two sizes.
 */
export function joinPlans<G>(first: RoundPlan<G>, second: RoundPlan<G>): RoundPlan<G> {
  if (first.laneSize !== second.laneSize) {
    throw new CompileError(
      `Cannot join ${first.name} and ${second.name}: lanes must have one size, got ${first.laneSize} and ${second.laneSize}`,
    );
  }
  const clientInput = joinedClientInput(first, second);
  const kept = joinedClientState(first, second);
  const server = leafCount(first.serverInput) + leafCount(second.serverInput);
  const before: Before = { server: 0, phases: 0, aggregates: 0 };
  const between: Before = {
    server: leafCount(first.serverInput),
    phases: first.phases.length,
    aggregates: aggregateCount(first, first.phases.length),
  };
  const aggregates = between.aggregates + aggregateCount(second, second.phases.length);
  const applyOf = (plan: RoundPlan<G>, start: Before, made: number): LocalProgram<G> =>
    withInputsAt(
      plan.apply,
      server + aggregates,
      serverPlaces(plan, start, server, plan.phases.length),
      made,
    );
  const made = first.apply.instructions.reduce((sum, each) => sum + registersMade(each), 0);
  const [firstApply, secondApply] = [applyOf(first, before, 0), applyOf(second, between, made)];
  return {
    name: first.name,
    serverInput: struct({ first: first.serverInput, second: second.serverInput }),
    clientInput,
    ...(kept !== undefined && { clientState: kept }),
    phases: [
      ...joinedPhases(first, { clientInput, kept }, before, server),
      ...joinedPhases(second, { clientInput, kept }, between, server),
    ],
    apply: {
      inputs: server + aggregates,
      instructions: [...firstApply.instructions, ...secondApply.instructions],
      outputs: [...firstApply.outputs, ...secondApply.outputs],
    },
    result: struct({ first: first.result, second: second.result }),
    laneSize: first.laneSize,
  };
}

/** What stands before the parts of a plan in the joined one: leaves of the server's input, phases, aggregates. */
interface Before {
  readonly server: number;
  readonly phases: number;
  readonly aggregates: number;
}

function joinedPhases<G>(
  plan: RoundPlan<G>,
  { clientInput, kept }: { readonly clientInput: Type; readonly kept: ClientState<G> | undefined },
  before: Before,
  server: number,
): readonly Phase<G>[] {
  const keptCount = kept === undefined ? 0 : leafCount(kept.type);
  return plan.phases.map((phase, index) => {
    const earlier = server + before.aggregates + aggregateCount(plan, index);
    const given =
      leafCount(phase.broadcast) + phase.selections.reduce((sum, { slice }) => sum + leafCount(slice), 0);
    const read = plan.clientState === undefined ? [] : upTo(keptCount);
    const own = [
      ...read.map((place) => given + place),
      ...placesOf(plan.clientInput, clientInput).map((place) => given + keptCount + place),
    ];
    return {
      ...phase,
      prepare: withInputsAt(phase.prepare, earlier, serverPlaces(plan, before, server, index)),
      work: withInputsAt(phase.work, given + keptCount + leafCount(clientInput), [...upTo(given), ...own]),
      selections: phase.selections.map((selection) => ({
        ...selection,
        keys: { ...selection.keys, phase: selection.keys.phase + before.phases },
      })),
    };
  });
}

/** Where the inputs of a server's program stand that follows `phases` phases of its plan. */
function serverPlaces(
  plan: RoundPlan<unknown>,
  before: Before,
  server: number,
  phases: number,
): readonly Register[] {
  return [
    ...upTo(leafCount(plan.serverInput)).map((leaf) => before.server + leaf),
    ...upTo(aggregateCount(plan, phases)).map((leaf) => server + before.aggregates + leaf),
  ];
}

/** Leaves of what the first `phases` phases are aggregated to. */
function aggregateCount({ phases }: RoundPlan<unknown>, count: number): number {
  return phases
    .slice(0, count)
    .flatMap(({ aggregations }) => aggregations)
    .reduce((sum, { result }) => sum + leafCount(result), 0);
}

function joinedClientInput(first: RoundPlan<unknown>, second: RoundPlan<unknown>): Type {
  const [one, other] = [first.clientInput, second.clientInput];
  if (isEquivalent(one, other)) return one;
  const fields = new Map<string, Type>();
  for (const [name, type] of [...namedFields(one), ...namedFields(other)]) {
    const known = name === null ? null : (fields.get(name) ?? type);
    if (name === null || known === null || !isEquivalent(known, type)) throw otherClients(first, second);
    fields.set(name, type);
  }
  return struct(Object.fromEntries(fields));
}

/** A state that the second plan makes would be a second state of the same clients. */
function joinedClientState<G>(first: RoundPlan<G>, second: RoundPlan<G>): ClientState<G> | undefined {
  const [one, other] = [first.clientState, second.clientState];
  const fits = other === undefined || (one !== undefined && isEquivalent(one.type, other.type));
  if (!fits || (other?.madeIn ?? null) !== null) {
    throw new CompileError(
      `Cannot join ${first.name} and ${second.name}: the second may only read what clients keep by the first, ${one === undefined ? 'which is nothing' : formatType(one.type)}, got ${formatType(other!.type)}`,
    );
  }
  return one;
}

/** A name of `null` for what has none. */
function namedFields(type: Type): readonly (readonly [string | null, Type])[] {
  return type.kind === 'struct' ? structEntries(type) : [[null, type]];
}

function otherClients(first: RoundPlan<unknown>, second: RoundPlan<unknown>): CompileError {
  return new CompileError(
    `Cannot join ${first.name} and ${second.name}: their clients must hold the same, or fields of one type by one name, got ${formatType(first.clientInput)} and ${formatType(second.clientInput)}`,
  );
}

/** Where the leaves of what a plan takes stand among those of what clients hold. */
function placesOf(taken: Type, held: Type): readonly Register[] {
  if (isEquivalent(taken, held)) return upTo(leafCount(held));
  const starts = new Map<string | null, number>();
  let next = 0;
  for (const [name, type] of namedFields(held)) {
    starts.set(name, next);
    next += leafCount(type);
  }
  return namedFields(taken).flatMap(([name, type]) =>
    upTo(leafCount(type)).map((leaf) => starts.get(name)! + leaf),
  );
}

function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
