// Links a compiled plan: every local computation becomes a graph artifact, and is named by its hash.
import { compileGraph, type GraphArtifact } from '@starling/compute/graph';
import type { LocalComputation } from '@starling/federated-core';
import type { RoundPlan } from '@starling/federated-core/plan';
import { checkPlan } from '../linked/check-plan.js';
import type { LinkedPlan } from '../linked/linked-plan.js';
import { graphsOf, mapPlan } from '../linked/map-plan.js';
import { encodePlan } from '../manifest/encode-plan.js';

/**
 * Compiles every local computation of a plan, each once, and names it by its id. Throws if a computation
 * cannot be compiled, and a `PlanError` if the plan is not sound (see `checkPlan`).
 */
export function linkPlan(
  plan: RoundPlan,
  compile: (computation: LocalComputation) => GraphArtifact = compileGraph,
): LinkedPlan {
  const graphs = new Map<string, GraphArtifact>();
  for (const computation of graphsOf(plan, ['client', 'server', 'aggregation'])) {
    if (!graphs.has(computation.id)) graphs.set(computation.id, compile(computation));
  }
  const renamed = mapPlan(plan, ({ id }) => id);
  checkPlan(renamed, graphs);
  return encodePlan({ plan: renamed, graphs });
}
