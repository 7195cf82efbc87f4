// A plan as it is offered to clients: its manifest and blobs by hash, each ready to be sent, and the most bytes
// that an update of it can have.
import { encodePlan, type PackedPlan } from '@starling/runtime';
import { updateLimit } from '@starling/runtime/wire';
import { type SharedBody, shareBody } from './shared-body.js';

export interface PlanOffer {
  readonly hash: string;
  readonly name: string;
  readonly manifestBytes: number;
  /** The longest update of each phase, header included. */
  readonly updateLimits: readonly number[];
  /** The longest of them. */
  readonly maxUpdateBytes: number;
  /** The manifest goes by the plan's hash. */
  readonly blobs: ReadonlyMap<string, SharedBody>;
}

export function offerPlan(packed: PackedPlan, nextStream: () => number): PlanOffer {
  const { hash, manifest, blobs } = encodePlan(packed);
  const updateLimits = packed.plan.phases.map(({ aggregations }) => updateLimit(aggregations));
  return {
    hash,
    name: packed.plan.name,
    manifestBytes: manifest.length,
    updateLimits,
    maxUpdateBytes: Math.max(0, ...updateLimits),
    blobs: new Map(
      [[hash, manifest] as const, ...blobs].map(([name, bytes]) => [name, shareBody(bytes, nextStream())]),
    ),
  };
}
