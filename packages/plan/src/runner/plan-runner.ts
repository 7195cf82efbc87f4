// Runs the slots of a linked plan on one engine: what a client, a worker and the server do with a plan. The
// graphs are loaded once; a runner belongs to one thread, as its engine does.
import type { Engine } from '@starling/compute';
import type { LoadedGraph } from '@starling/compute/engine';
import type { Seed, Tensor } from '@starling/federated-core';
import {
  type CohortSlices,
  createReduction,
  type GraphRunner,
  leafCount,
  plainRows,
  plainVectors,
  type Reduction,
  type RowKernels,
  runProgram,
  type Selection,
  selectSlices,
  splitLeaves,
  type VectorKernels,
} from '@starling/federated-core/plan';
import type { LinkedPlan } from '../linked/linked-plan.js';
import { type GraphRole, graphsOf } from '../linked/map-plan.js';
import { PlanError } from '../linked/plan-error.js';
import { nextTurn } from './next-turn.js';

/** Slices that are made before the event loop has a turn. */
const SLICES_A_TURN = 256;

export type Leaves = readonly Tensor[];

export interface PlanRunner {
  /** The broadcast of a phase, from the server input and the aggregates of earlier phases; then what is served. */
  prepare(phase: number, serverInput: Leaves, aggregates: Leaves, seed: Seed): Promise<Leaves>;
  /** The slices of a phase's selections by the clients' keys, of `served`; `keysOf` a selection's keys by client. */
  select(
    phase: number,
    served: Leaves,
    keysOf: (selection: Selection<string>) => readonly Int32Array[],
    seed: Seed,
  ): Promise<readonly CohortSlices[]>;
  /** A client's first state, where clients keep one; `seed`: `clientStateSeed(run's seed, client)`. */
  initializeClient(seed: Seed): Promise<Leaves>;
  /**
   * A client's update, from the phase's broadcast and what is the client's own: its slices, in the order of the phase's
   * selections, its state, where clients keep one, and what it holds. In the phase that makes it, the new state follows
   * the update (`phaseWork` takes them apart).
   */
  work(phase: number, broadcast: Leaves, own: Leaves, seed: Seed): Promise<Leaves>;
  /** The result of the plan, from the server input and the aggregates of all phases. */
  apply(serverInput: Leaves, aggregates: Leaves, seed: Seed): Promise<Leaves>;
  /** The reductions of a phase's aggregations, in order. */
  reductions(phase: number): readonly Reduction[];
  /** Releases the graphs; the engine stays its owner's. */
  dispose(): Promise<void>;
}

/**
 * Loads the graphs that `roles` run; `engine` may be `null` if they have none. Calling a slot of another role throws
 * a `PlanError`, as do graphs that the plan came without. `vectors` adds updates up, `rows` works on all of them at
 * once.
 */
export async function createPlanRunner(
  { plan, graphs }: LinkedPlan,
  engine: Engine | null,
  roles: readonly GraphRole[] = ['client', 'server', 'aggregation'],
  vectors: VectorKernels = plainVectors,
  rows: RowKernels = plainRows,
): Promise<PlanRunner> {
  const loaded = new Map<string, LoadedGraph>();
  for (const id of graphsOf(plan, roles)) {
    const artifact = graphs.get(id);
    if (artifact === undefined || engine === null) {
      throw new PlanError(`Cannot load plan '${plan.name}': graph ${id} is missing, or an engine for it`);
    }
    loaded.set(id, await engine.load(artifact));
  }
  const run: GraphRunner<string> = (id, argument, seed) => {
    const graph = loaded.get(id);
    if (graph === undefined) throw new PlanError(`Cannot run plan '${plan.name}': graph ${id} is not loaded`);
    return graph.run(argument, seed);
  };
  let sliced = 0;
  /** A slice is quick; a million of them are not, and a coordinator has sockets to answer meanwhile. */
  const runSlice: GraphRunner<string> = async (id, argument, seed) => {
    if (++sliced % SLICES_A_TURN === 0) await nextTurn();
    return run(id, argument, seed);
  };
  const phaseAt = (index: number) => {
    const phase = plan.phases[index];
    if (phase === undefined) throw new PlanError(`Cannot run plan '${plan.name}': it has no phase ${index}`);
    return phase;
  };
  const reductions = plan.phases.map(({ aggregations }) =>
    aggregations.map((aggregation): Reduction => createReduction(aggregation, run, vectors, rows)),
  );
  return {
    prepare: (phase, serverInput, aggregates, seed) =>
      runProgram(phaseAt(phase).prepare, [...serverInput, ...aggregates], run, seed),
    async select(phase, served, keysOf, seed) {
      const { selections } = phaseAt(phase);
      const values = splitLeaves(
        served,
        selections.map((each) => leafCount(each.served)),
      );
      const slices: CohortSlices[] = [];
      for (const [index, selection] of selections.entries()) {
        slices.push(await selectSlices(selection, values[index]!, keysOf(selection), runSlice, seed));
      }
      return slices;
    },
    async initializeClient(seed) {
      if (plan.clientState === undefined) {
        throw new PlanError(`Cannot run plan '${plan.name}': its clients keep nothing`);
      }
      return runProgram(plan.clientState.initialize, [], run, seed);
    },
    work: (phase, broadcast, own, seed) => runProgram(phaseAt(phase).work, [...broadcast, ...own], run, seed),
    apply: (serverInput, aggregates, seed) =>
      runProgram(plan.apply, [...serverInput, ...aggregates], run, seed),
    reductions: (phase) => reductions[phase] ?? [],
    async dispose() {
      for (const graph of loaded.values()) await graph.dispose();
      loaded.clear();
    },
  };
}
