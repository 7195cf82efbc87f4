// The `in-process` runtime: every client of the cohort in turn, on the calling thread. The plainest of the
// runtimes, for tests and debugging; the others must give the same bits.
import type { Engine } from '@starling/compute';
import { StarlingError } from '@starling/federated-core';
import { clientSeed, slicesAt, updateChecker } from '@starling/federated-core/plan';
import type { ClientReport } from '@starling/plan';
import { clientArgument, clientWork, createPlanRunner } from '@starling/plan';
import { createEngine, type EngineChoice } from '../engines/engine-choice.js';
import { createLaneFold } from '../fold/lane-fold.js';
import type { Runtime } from '../runtime/runtime.js';

export interface InProcessOptions {
  /** Default: the onnx engine. An engine that is passed made stays its owner's to dispose. */
  readonly engine?: EngineChoice | Engine;
}

export function inProcessRuntime({ engine: given }: InProcessOptions = {}): Runtime {
  return {
    name: 'in-process',
    async open(linked, population) {
      const { plan } = linked;
      const argument = clientArgument(plan, population.dataType);
      const owned = given === undefined || !('load' in given) ? await createEngine(given) : null;
      const engine = owned ?? (given as Engine);
      const runner = await createPlanRunner(linked, engine, ['client', 'aggregation']);
      const phases = plan.phases.map(({ aggregations, selections }, index) => {
        const reductions = runner.reductions(index);
        return { aggregations, selections, reductions, check: updateChecker(aggregations, reductions) };
      });
      let closed = false;
      return {
        async runPhase({ phase, seed, cohort, broadcast, slices = [] }) {
          if (closed) throw new StarlingError('closed', 'Cannot run a phase: the runtime is closed');
          const { aggregations, selections, reductions, check } = phases[phase]!;
          const { laneSize } = plan;
          const fold = createLaneFold({ aggregations, reductions, laneSize, cohortSize: cohort.length });
          const reports: ClientReport[] = [];
          for (const [position, index] of cohort.entries()) {
            const client = population.clientId(index);
            const { report, update } = await clientWork(
              client,
              async () => argument(await population.load(index)),
              (input) =>
                runner.work(
                  phase,
                  broadcast,
                  [...slicesAt(selections, slices, position), ...input],
                  clientSeed(seed, client),
                ),
              check,
            );
            reports.push(report);
            await (update === null ? fold.skip(position) : fold.accept(position, update));
          }
          return { accumulators: await fold.finish(), reports };
        },
        async close() {
          if (closed) return;
          closed = true;
          await runner.dispose();
          await owned?.dispose();
        },
      };
    },
  };
}
