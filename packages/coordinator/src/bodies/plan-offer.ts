// A plan as it is offered to clients: its manifest and blobs by hash, each ready to be sent, and the most bytes
// that an update of it can have.
import type { LinkedPlan } from '@starling/plan';
import { updateLimit } from '@starling/wire';
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

export function offerPlan({ hash, plan, manifest, blobs }: LinkedPlan, nextStream: () => number): PlanOffer {
  const updateLimits = plan.phases.map(({ aggregations }) => updateLimit(aggregations));
  return {
    hash,
    name: plan.name,
    manifestBytes: manifest.length,
    updateLimits,
    maxUpdateBytes: Math.max(0, ...updateLimits),
    blobs: new Map(
      [[hash, manifest] as const, ...blobs].map(([name, bytes]) => [name, shareBody(bytes, nextStream())]),
    ),
  };
}
