// The `threads` runtime: worker threads with one single-threaded engine each. Lanes are the unit of work: a
// worker sums its lane itself, in shared memory, and main merges the lanes in order; so the result has the same
// bits for any number of workers.
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { checkOptions, kinds, numberWithin } from '@starling/federated-core/plan';
import { graphsOf } from '@starling/plan';
import { clientArgument, createPlanRunner } from '@starling/plan/runner';
import { engineWord } from '../engines/engine-option.js';
import { DEFAULT_ENGINE, type EngineChoice, engineModule } from '../engines/engines.js';
import type { Runtime } from '../runtime/runtime.js';
import { ClientStore } from './memory/client-store.js';
import { collectLessOften } from './memory/collect-less-often.js';
import { createLaneMemory } from './memory/lane-memory.js';
import { vectorsOn } from './memory/shared-heap.js';
import { ThreadsSession } from './threads-session.js';

export interface ThreadsOptions {
  /** Workers, each with an engine of its own. Default: as many as there are cores. */
  readonly workers?: number;
  /**
   * Whether main's own thread is one of the workers, while clients take it no more than 25 ms on the average,
   * and none a second; main's event loop then has its turns between clients. Default: on an engine that works on main
   * (`EngineModule`), such as onnx, where a lane's sums are below 4 MiB.
   */
  readonly mainWorks?: boolean;
  readonly engine?: EngineChoice;
  /**
   * Client data that is kept for the next time, in bytes; pages that are never filled take no memory. The workers'
   * copies of those who return take as much again, all together. Default 128 MiB.
   */
  readonly dataCacheBytes?: number;
  /** Called with every thread that is started, also of those that replace a lost one: for logs and fault tests. */
  readonly onWorkerStart?: (thread: Worker) => void;
}

/** Throws a `RangeError` for fewer than one worker; `open` throws if the engine cannot be had. */
export function threadsRuntime(options: ThreadsOptions = {}): Runtime {
  checkOptions('Cannot make a threads runtime', options, {
    workers: numberWithin({ whole: true, from: 1 }),
    mainWorks: kinds.flag,
    engine: engineWord,
    dataCacheBytes: numberWithin({ whole: true, from: 0 }),
    onWorkerStart: kinds.callable,
  });
  const {
    workers = availableParallelism(),
    engine: choice = DEFAULT_ENGINE,
    mainWorks,
    dataCacheBytes = 128 << 20,
    onWorkerStart = () => {},
  } = options;
  return {
    name: 'threads',
    engine: choice,
    takesFaults: true,
    async open(linked, population) {
      const argument = clientArgument(linked.plan, population.dataType);
      // Main merges lanes, and needs an engine only for operators that the plan itself defines.
      const needsEngine = graphsOf(linked.plan, ['aggregation']).length > 0;
      const module = await engineModule(choice);
      const engine = needsEngine ? await module.createEngine() : null;
      const memory = await createLaneMemory(linked, engine, workers);
      const sumBytes = Math.max(0, ...memory.phases.map(({ cellBytes }) => cellBytes));
      const isSmall = sumBytes < LARGE_SUMS;
      collectLessOften(isSmall);
      const mainTakesLanes = mainWorks ?? (isSmall && module.worksOnMain === true);
      const runner = await createPlanRunner(linked, engine, ['aggregation'], vectorsOn(memory.heap, 0));
      const session = new ThreadsSession({
        linked,
        population,
        argument,
        memory,
        reductions: linked.plan.phases.map((_, phase) => runner.reductions(phase)),
        workers,
        mainWorks: mainTakesLanes,
        // Only where that keeps nobody off a core.
        awakeMs: mainTakesLanes && workers <= availableParallelism() ? AWAKE_MS : 0,
        engine: choice,
        startsAlone: module.startsAlone === true,
        store: new ClientStore(new SharedArrayBuffer(dataCacheBytes), MAX_CACHED_CLIENTS),
        onWorkerStart,
        async onClose() {
          await runner.dispose();
          await engine?.dispose();
        },
      });
      try {
        await session.start();
        return session;
      } catch (error) {
        await session.close();
        throw error;
      }
    },
  };
}

/**
 * From sums of this many bytes on, a lane's, a round takes so long that waking threads and collecting garbage are no
 * matter, but memory is, and that main answers meanwhile.
 */
const LARGE_SUMS = 4 << 20;

/**
 * Longer than main needs from one round of a small model to the next; to wake a sleeping thread takes a tenth of it.
 */
const AWAKE_MS = 1;

/** Beyond this a returning client is rare, and a population of a million must cost no more than one of a thousand. */
const MAX_CACHED_CLIENTS = 1024;
