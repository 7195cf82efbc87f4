// The `in-process` runtime: every client of the cohort in turn, on the calling thread, or many at once where their work
// is small. The plainest of the runtimes, for tests and debugging; the others must give the same bits.
import type { Engine } from '@starling/compute';
import { StarlingError } from '@starling/federated-core';
import { checkOptions, type MaybePromise, slicesAt, updateChecker } from '@starling/federated-core/plan';
import type { ClientReport, Leaves } from '@starling/plan/runner';
import { clientArgument, createPlanRunner, phaseWork } from '@starling/plan/runner';
import { engineName } from '../engines/engine-name.js';
import { engineOption } from '../engines/engine-option.js';
import type { EngineChoice } from '../engines/engines.js';
import { takeEngine } from '../engines/take-engine.js';
import { createAlterUpdate } from '../fold/alter-update.js';
import { laneState } from '../fold/client-states.js';
import { createAccumulate } from '../fold/lane-fold.js';
import { createLaneTotal, createOrderedMerge, zeroAccumulators } from '../fold/ordered-merge.js';
import { faultyClient, type LaneClient, sumLane } from '../fold/sum-lane.js';
import { workAlone } from '../fold/work-alone.js';
import { createManyPhase, FEWEST_MANY, type ManyPhase } from '../many/many-phase.js';
import type { Runtime } from '../runtime/runtime.js';

export interface InProcessOptions {
  /** Default: the onnx engine. An engine that is passed made stays its owner's to dispose. */
  readonly engine?: EngineChoice | Engine;
}

export function inProcessRuntime(options: InProcessOptions = {}): Runtime {
  checkOptions('Cannot make an in-process runtime', options, { engine: engineOption });
  const { engine: given } = options;
  return {
    name: 'in-process',
    engine: engineName(given),
    takesFaults: true,
    async open(linked, population) {
      const { plan } = linked;
      const argument = clientArgument(plan, population.dataType);
      const { engine, release } = await takeEngine(given);
      const runner = await createPlanRunner(linked, engine, ['client', 'aggregation']);
      const phases = plan.phases.map(({ aggregations, selections }, index) => {
        const reductions = runner.reductions(index);
        const check = updateChecker(aggregations, reductions);
        const accumulate = createAccumulate(aggregations, reductions);
        const alter = createAlterUpdate(aggregations);
        const work = phaseWork(plan, index, runner);
        return { phase: index, runner, work, selections, reductions, check, alter, accumulate };
      });
      /** Made when a cohort is large enough; `null` where clients work one by one. */
      const manyOf = new Map<number, Promise<ManyPhase | null>>();
      const manyPhase = (phase: number): Promise<ManyPhase | null> => {
        const { reductions, check } = phases[phase]!;
        const made =
          manyOf.get(phase) ?? createManyPhase({ linked, phase, engine, runner, reductions, check });
        manyOf.set(phase, made);
        return made;
      };
      let closed = false;
      return {
        async runPhase(request) {
          const { phase, seed, cohort, broadcast, slices = [], faults = [] } = request;
          if (closed) throw new StarlingError('closed', 'Cannot run a phase: the runtime is closed');
          const { selections, reductions, work, ...lanes } = phases[phase]!;
          const { laneSize } = plan;
          const areMany = cohort.length >= FEWEST_MANY && faults.length === 0;
          const many = areMany ? await manyPhase(phase) : null;
          if (many !== null) {
            const nameAt = (position: number): string => population.clientId(cohort[position]!);
            const loadAt = (position: number): MaybePromise<Leaves> => {
              const given = population.load(cohort[position]!);
              return given instanceof Promise ? given.then(argument) : argument(given);
            };
            const total = createLaneTotal(reductions);
            const asked = { broadcast, seed, count: cohort.length, nameAt, loadAt };
            const reports = await many.run(asked, total.add);
            return { accumulators: await total.result(), reports };
          }
          const clientAt = (index: number, position: number): LaneClient => {
            const client = population.clientId(index);
            const state = laneState(plan, request, runner, work, position, client);
            return {
              client,
              load: async () => argument(await population.load(index)),
              slices: () => slicesAt(selections, slices, position),
              ...(state !== null && { state }),
            };
          };
          const merge = createOrderedMerge(reductions);
          const reports: ClientReport[] = [];
          for (let start = 0; start < cohort.length; start += laneSize) {
            const clients = cohort
              .slice(start, start + laneSize)
              .map((index, at) => faultyClient(clientAt(index, start + at), faults[start + at]));
            const zeros = () => zeroAccumulators(reductions);
            const sums = (await sumLane(lanes, { broadcast, seed, clients, zeros }))!;
            reports.push(...sums.reports);
            await merge.offer(start / laneSize, sums.accumulators);
          }
          return { accumulators: await merge.result(), reports };
        },
        async work({ phase, seed, client: index, broadcast, alterations }) {
          if (closed) throw new StarlingError('closed', 'Cannot have a client work: the runtime is closed');
          return workAlone(
            phases[phase]!,
            { broadcast, seed },
            {
              client: population.clientId(index),
              load: async () => argument(await population.load(index)),
              slices: () => [],
              ...(alterations !== undefined && { alterations }),
            },
          );
        },
        async close() {
          if (closed) return;
          closed = true;
          await runner.dispose();
          await release();
        },
      };
    },
  };
}
