// Two linked plans as one, which a runtime is made ready for to run the phases of both: see `joinPlans`.
import { joinPlans } from '@starling/federated-core/plan';
import type { LinkedPlan } from '../linked/linked-plan.js';
import { encodePlan } from './encode-plan.js';

/** Throws a `CompileError` as `joinPlans` does. */
export function joinLinkedPlans(first: LinkedPlan, second: LinkedPlan): LinkedPlan {
  return encodePlan({
    plan: joinPlans(first.plan, second.plan),
    graphs: new Map([...first.graphs, ...second.graphs]),
  });
}
