// Plans that were fetched, checked and loaded, by hash. All clients of one process share a cache and its engine:
// the plan crosses the wire once, and pieces of work run one after another, as the engine's thread would anyway.
import type { Engine } from '@starling/compute';
import { engineKind } from '@starling/compute/engine';
import { callMemory } from '@starling/compute/memory';
import { StarlingError, type Tensor, type Type, type Value } from '@starling/federated-core';
import { leafCount, type Selection, splitLeaves, unpackSlices } from '@starling/federated-core/plan';
import { decodeManifest, decodePlan, workBlobs } from '@starling/plan';
import {
  clientArgument,
  createPlanRunner,
  nextTurn,
  type PhaseWork,
  type PlanRunner,
  phaseWork,
} from '@starling/plan/runner';
import { bodyLimit, type PartialBody, slicesLimit } from '@starling/wire';
import { createSharedBodies, type SharedBodies } from './shared-bodies.js';

/** A plan that is ready to work. */
export interface LoadedPlan {
  readonly hash: string;
  readonly phases: number;
  /** The most bytes of the broadcast of a phase. */
  maxBroadcastBytes(phase: number): number;
  /** The most bytes of a client's slices in a phase. */
  maxSlicesBytes(phase: number): number;
  /** Makes the leaves of the client's input from a value of `dataType`; throws if the type does not fit. */
  argument(dataType: Type): (value: Value) => readonly Tensor[];
  /** The leaves of a `slices` body as the phase's work takes them; throws a `StarlingError` if they are not that. */
  unpackSlices(phase: number, leaves: readonly Tensor[]): readonly Tensor[];
  /** What each client keeps; `null` if it is nothing. */
  readonly stateType: Type | null;
  readonly initializeClient: PlanRunner['initializeClient'];
  work(phase: number, ...of: Parameters<PhaseWork>): ReturnType<PhaseWork>;
}

export interface WantedBlob {
  readonly hash: string;
  readonly bytes: number;
}

/** Gets blobs over a socket, in the order asked for, each checked against its hash. */
export type FetchBlobs = (wanted: readonly WantedBlob[]) => Promise<readonly Uint8Array[]>;

export interface PlanCache {
  /** The plan, fetched if it is not here. Rejects if it cannot be fetched, or is not sound. */
  load(manifest: WantedBlob, fetch: FetchBlobs): Promise<LoadedPlan>;
  /**
   * Runs a piece of work when those before it are done, and lets sockets have a turn in between. What graphs have given
   * it is freed at its end: tensors of it have length 0 then.
   */
  inTurn<T>(task: () => Promise<T>): Promise<T>;
  /** Blobs of which a cut left the first bytes. */
  readonly partialBlobs: Map<string, PartialBody>;
  /** The broadcasts of the rounds at hand. */
  readonly broadcasts: SharedBodies;
  /** Releases the graphs; the engine stays its owner's. */
  dispose(): Promise<void>;
}

export function createPlanCache(engine: Engine): PlanCache {
  engineKind('Cannot make a cache of plans', 'engine', engine);
  const calls = callMemory(engine);
  const turns = createTurns();
  const plans = new Map<string, Promise<LoadedPlan & { dispose(): Promise<void> }>>();

  async function fetchPlan(wanted: WantedBlob, fetch: FetchBlobs) {
    const [manifestBytes] = (await fetch([wanted])) as [Uint8Array];
    const references = workBlobs(decodeManifest(manifestBytes), engine.needs);
    const fetched = await fetch(references.map(({ sha256, bytes }) => ({ hash: sha256, bytes })));
    const blobs = new Map(references.map(({ sha256 }, index) => [sha256, fetched[index] as Uint8Array]));
    const linked = decodePlan(manifestBytes, blobs, { graphs: 'work' });
    const runner = await createPlanRunner(linked, calls.engine, ['client']);
    const { phases } = linked.plan;
    const works = phases.map((_, phase) => phaseWork(linked.plan, phase, runner));
    return {
      hash: linked.hash,
      phases: phases.length,
      maxBroadcastBytes: (phase: number) =>
        bodyLimit(phases[phase] === undefined ? [] : [phases[phase].broadcast]),
      maxSlicesBytes: (phase: number) => (phase < phases.length ? slicesLimit(phases, phase) : 0),
      argument: (dataType: Type) => clientArgument(linked.plan, dataType),
      unpackSlices: (phase: number, leaves: readonly Tensor[]) =>
        unpackAll(phases[phase]?.selections ?? [], leaves),
      stateType: linked.plan.clientState?.type ?? null,
      initializeClient: runner.initializeClient,
      work: (phase: number, ...of: Parameters<PhaseWork>) => works[phase]!(...of),
      dispose: () => runner.dispose(),
    };
  }

  return {
    partialBlobs: new Map(),
    broadcasts: createSharedBodies(),
    inTurn: (task) =>
      turns(async () => {
        try {
          return await task();
        } finally {
          calls.free();
        }
      }),
    async load(wanted, fetch) {
      // The first client fetches for all; if its socket is cut, the next one in line takes over.
      for (let known = plans.get(wanted.hash); known !== undefined; known = plans.get(wanted.hash)) {
        try {
          return await known;
        } catch {
          if (plans.get(wanted.hash) === known) plans.delete(wanted.hash);
        }
      }
      const loading = fetchPlan(wanted, fetch);
      plans.set(wanted.hash, loading);
      try {
        return await loading;
      } catch (error) {
        if (plans.get(wanted.hash) === loading) plans.delete(wanted.hash);
        throw error;
      }
    },
    async dispose() {
      const loaded = await Promise.allSettled(plans.values());
      plans.clear();
      for (const plan of loaded) if (plan.status === 'fulfilled') await plan.value.dispose();
    },
  };
}

/** Of each selection: the leaves of its slices, then the order in which they are to be taken. */
function unpackAll(selections: readonly Selection<string>[], leaves: readonly Tensor[]): readonly Tensor[] {
  const counts = selections.map(({ slice }) => leafCount(slice) + 1);
  const need = counts.reduce((sum, count) => sum + count, 0);
  if (leaves.length !== need) {
    throw new StarlingError('wrong-inputs', `Cannot take slices: need ${need} leaves, got ${leaves.length}`);
  }
  const parts = splitLeaves(leaves, counts);
  return selections.flatMap(({ slice }, index) => {
    const part = parts[index]!;
    return unpackSlices(slice, { slices: part.slice(0, -1), order: part.at(-1)! });
  });
}

function createTurns(): <T>(task: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const run = last.then(nextTurn).then(task);
    last = run.catch(() => {});
    return run;
  };
}
