// What a plan moves and reveals: what each client receives and sends, and what the server gets to see. Data,
// which `starling inspect` prints.

import type { Aggregation, AggregationKind } from '../aggregations/aggregations.js';
import { bytesOf } from '../compile/lane-size.js';
import { aggregateOf } from '../intrinsics/intrinsics.js';
import { planKind } from '../plan/plan-kind.js';
import type { ClientState, RoundPlan, Selection, WhenLost } from '../plan/round-plan.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';

export interface PlanSummary {
  readonly name: string;
  /** Types in TFF's notation. */
  readonly serverInput: string;
  readonly clientInput: string;
  readonly result: string;
  readonly laneSize: number;
  readonly phases: readonly PhaseSummary[];
  /**
   * Bytes of tensors that a client receives and sends in a round; null when a dimension or a string leaves them
   * unknown.
   */
  readonly bytesDown: number | null;
  readonly bytesUp: number | null;
  /** What each client keeps from round to round; left out where clients keep nothing. */
  readonly clientState?: ClientStateSummary;
  /** Whether the server sees any single client's value. */
  readonly revealing: boolean;
}

/** It never leaves its client, and neither does a hash of it. */
export interface ClientStateSummary {
  readonly type: string;
  /** Of one client; null when they are not known, as elsewhere. */
  readonly bytes: number | null;
  readonly whenLost: WhenLost;
  /** Whether the plan only reads it. */
  readonly readOnly: boolean;
}

export interface PhaseSummary {
  readonly broadcast: string;
  readonly bytesBroadcast: number | null;
  /** What each client receives of its own, by the keys that it sent in an earlier phase. */
  readonly selections: readonly SelectionSummary[];
  /** Of the broadcast and the slices; null when the number of keys is not known, as elsewhere. */
  readonly bytesDown: number | null;
  readonly updates: readonly UpdateSummary[];
  readonly bytesUp: number | null;
}

export interface SelectionSummary {
  /** The intrinsic that the user wrote. */
  readonly intrinsic: string;
  /** The server's value. */
  readonly served: string;
  /** What a client receives for each of its keys. */
  readonly slice: string;
  readonly bytesPerKey: number | null;
  /** How many keys a client has; null when their type does not say. */
  readonly keys: number | null;
  /** For distinct keys: a slice that a client asks for twice goes once. */
  readonly bytesDown: number | null;
}

export interface UpdateSummary {
  readonly kind: AggregationKind;
  /** The intrinsic that the user wrote. */
  readonly intrinsic: string;
  /** What a client sends. */
  readonly update: string;
  /** What the server gets. */
  readonly result: string;
  readonly bytesUp: number | null;
  /** Whether the server sees single clients' values, rather than their aggregate alone. */
  readonly revealing: boolean;
}

export function inspectPlan(plan: RoundPlan<unknown>): PlanSummary {
  planKind('Cannot inspect a plan', 'what is inspected', plan);
  const phases = plan.phases.map(({ broadcast, selections: selected, aggregations }): PhaseSummary => {
    const updates = aggregations.map(inspectUpdate);
    const selections = selected.map((each) => inspectSelection(plan, each));
    return {
      broadcast: formatType(broadcast),
      bytesBroadcast: bytesOf(broadcast),
      selections,
      bytesDown: total([bytesOf(broadcast), ...selections.map(({ bytesDown }) => bytesDown)]),
      updates,
      bytesUp: total(updates.map(({ bytesUp }) => bytesUp)),
    };
  });
  return {
    name: plan.name,
    serverInput: formatType(plan.serverInput),
    clientInput: formatType(plan.clientInput),
    result: formatType(plan.result),
    laneSize: plan.laneSize,
    phases,
    bytesDown: total(phases.map(({ bytesDown }) => bytesDown)),
    bytesUp: total(phases.map(({ bytesUp }) => bytesUp)),
    ...(plan.clientState !== undefined && { clientState: inspectState(plan.clientState) }),
    revealing: phases.some(({ updates }) => updates.some(({ revealing }) => revealing)),
  };
}

function inspectState({ type, whenLost, madeIn }: ClientState<unknown>): ClientStateSummary {
  return { type: formatType(type), bytes: bytesOf(type), whenLost, readOnly: madeIn === null };
}

function inspectSelection(
  { phases }: RoundPlan<unknown>,
  { keys: { phase, aggregation }, served, slice }: Selection<unknown>,
): SelectionSummary {
  const { kind, update } = phases[phase]!.aggregations[aggregation]!;
  const keys = leafTypes(update)[0]!.shape[0]!;
  const bytesPerKey = bytesOf(slice);
  return {
    intrinsic: aggregateOf(kind).name,
    served: formatType(served),
    slice: formatType(slice),
    bytesPerKey,
    keys,
    bytesDown: keys === null || bytesPerKey === null ? null : keys * bytesPerKey,
  };
}

function inspectUpdate({ kind, update, result }: Aggregation<unknown>): UpdateSummary {
  const definition = aggregateOf(kind);
  return {
    kind,
    intrinsic: definition.name,
    update: formatType(update),
    result: formatType(result),
    bytesUp: bytesOf(update),
    revealing: definition.revealing,
  };
}

function total(parts: readonly (number | null)[]): number | null {
  return parts.reduce((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}
