// The work of one client by itself: a lane of one, whose update is given as it is and added to nothing.

import type { Leaves } from '@starling/plan/runner';
import type { WorkOutcome } from '../runtime/runtime.js';
import { type LanePhase, type LaneRequest, sumLane } from './sum-lane.js';

export async function workAlone(
  phase: Omit<LanePhase, 'accumulate'>,
  { broadcast, seed }: Pick<LaneRequest, 'broadcast' | 'seed'>,
  client: LaneRequest['clients'][number],
): Promise<WorkOutcome> {
  let update: Leaves | null = null;
  const kept: LanePhase = {
    ...phase,
    accumulate: async (_, given) => {
      update = given;
      return [];
    },
  };
  const sums = await sumLane(kept, { broadcast, seed, clients: [client], zeros: () => [] });
  return { report: sums!.reports[0]!, update };
}
