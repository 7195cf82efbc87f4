// The work of one client by itself, over sockets: a phase with a cohort of one, whose update is given as it is. What is
// broadcast of a version is encoded once for all clients that get it.
import type { Tensor } from '@starling/federated-core';
import { updateChecker } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { PlanRunner } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import {
  createAlterUpdate,
  type LaneFold,
  type WorkOutcome,
  type WorkRequest,
} from '@starling/runtime/phases';
import type { GatheringOptions } from '../phases/gathering.js';
import { makeTask, type PhaseTask, type SharedBroadcast, shareBroadcast } from '../phases/phase-task.js';
import { boundedChecker, type UpdateBounds } from '../phases/update-bounds.js';

export interface WorkTask {
  readonly task: PhaseTask;
  outcome(): Promise<WorkOutcome>;
}

export interface WorkTasksOptions
  extends Pick<GatheringOptions, 'deadlineMs' | 'extendBelow' | 'maxExtensions' | 'logger' | 'metrics'> {
  readonly linked: LinkedPlan;
  readonly runner: PlanRunner;
  readonly population: Population;
  readonly nextStream: () => number;
  readonly bounds: UpdateBounds;
}

/** Makes the tasks of a session; `run`: what it is called where the round loop names none. */
export function createWorkTasks(options: WorkTasksOptions): (request: WorkRequest, run: string) => WorkTask {
  const { linked, runner, population, nextStream, bounds, ...gathering } = options;
  const bodies = new WeakMap<readonly Tensor[], SharedBroadcast>();
  return (request, run) => {
    const { client, broadcast, phase, alterations } = request;
    const { aggregations } = linked.plan.phases[phase]!;
    const check = boundedChecker(updateChecker(aggregations, runner.reductions(phase)), aggregations, bounds);
    const alter = createAlterUpdate(aggregations);
    const body = bodies.get(broadcast) ?? shareBroadcast(broadcast, nextStream);
    bodies.set(broadcast, body);
    let update: readonly Tensor[] | null = null;
    const fold: LaneFold = {
      async accept(_, given) {
        update = given;
      },
      async skip() {},
      finish: async () => [],
      async settled() {},
    };
    const { round, attempt = 1, seed } = request;
    const asked = { run, round, attempt, phase, seed, cohort: [client], broadcast };
    const task = makeTask(
      linked,
      asked,
      population,
      nextStream,
      {
        ...gathering,
        fold,
        check,
        ...(alterations !== undefined && { alter: (_, given) => alter(given, alterations) }),
      },
      body,
    );
    return {
      task,
      async outcome() {
        const { reports } = await task.gathering.outcome;
        return { report: reports[0]!, update };
      },
    };
  };
}
