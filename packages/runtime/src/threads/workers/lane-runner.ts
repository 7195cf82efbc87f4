// What a worker does, on a thread of its own or on main's: one engine, one plan, and lanes one after another, each
// summed where all threads can read it.
import { callMemory } from '@starling/compute/memory';
import type { Seed, Tensor } from '@starling/federated-core';
import {
  clientStateSeed,
  copyTensor,
  leafCount,
  type Selection,
  slicesInOrder,
  splitLeaves,
  updateChecker,
} from '@starling/federated-core/plan';
import type { ClientReport } from '@starling/plan/runner';
import { createPlanRunner, type Leaves, type PhaseWork, phaseWork } from '@starling/plan/runner';
import { createEngine } from '../../engines/engines.js';
import { createAlterUpdate } from '../../fold/alter-update.js';
import { createAccumulate } from '../../fold/lane-fold.js';
import type { LaneState } from '../../fold/lane-state.js';
import { type LaneAccumulators, zeroAccumulators } from '../../fold/ordered-merge.js';
import { type LaneClient, sumLane } from '../../fold/sum-lane.js';
import { workAlone } from '../../fold/work-alone.js';
import { createOwnCopies } from '../memory/own-copies.js';
import { cellAt, vectorsOn } from '../memory/shared-heap.js';
import { fitsLeaves, writeLeaves } from '../memory/shared-leaves.js';
import { resetCell } from '../memory/sum-memory.js';
import type { Command, Reply, SentClient, WorkerSetup } from './messages.js';

type LaneCommand = Extract<Command, { kind: 'lane' }>;

export interface LaneRunnerOptions {
  readonly setup: WorkerSetup;
  readonly say: (reply: Reply) => void;
  /** Asked before each client: lanes shall be left as they are, and nothing said of them. */
  readonly isStopped: () => boolean;
  /** Awaited before each client. */
  readonly pause?: () => Promise<void>;
}

export interface LaneRunner {
  /** Does what main commands; of a lane, says what came of it. Rejects if the plan's own operators fail. */
  obey(command: Exclude<Command, { kind: 'close' }>): Promise<void>;
  dispose(): Promise<void>;
}

/** Throws if the engine cannot be had, or not load the plan. */
export async function createLaneRunner(options: LaneRunnerOptions): Promise<LaneRunner> {
  const { setup, say, isStopped, pause } = options;
  const { plan, heap, arena, copyBytes, number } = setup;
  const engine = await createEngine(setup.engine);
  const vectors = vectorsOn(heap, number);
  const calls = callMemory(engine);
  const runner = await createPlanRunner(plan, calls.engine, ['client', 'aggregation'], vectors);
  const zeros = await Promise.all(
    plan.plan.phases.map((_, phase) => zeroAccumulators(runner.reductions(phase))),
  );
  const phases = plan.plan.phases.map(({ aggregations, selections }, phase) => {
    const reductions = runner.reductions(phase);
    return {
      phase,
      runner,
      work: phaseWork(plan.plan, phase, runner),
      selections,
      check: updateChecker(aggregations, reductions, vectors),
      alter: createAlterUpdate(aggregations),
      reductions,
      accumulate: createAccumulate(aggregations, reductions),
      zeros: zeros[phase]!,
      /** By where they begin. */
      cells: new Map<number, LaneAccumulators>(),
      shared: [] as Leaves,
      /** Engines take no shared memory: one copy of `shared` a turn, into memory that is used again. */
      broadcast: [] as Leaves,
      turn: -1,
    };
  });
  calls.keep();
  const own = createOwnCopies(arena, copyBytes);
  let slices: Leaves = [];

  /** Loaded where clients keep something, alone: a worker is to start soon. */
  const bytes = plan.plan.clientState === undefined ? null : await import('@starling/plan/safetensors');
  const keeping = (
    work: PhaseWork,
    id: string,
    before: Uint8Array | null,
    seed: Seed,
    keep: (state: Uint8Array) => void,
  ): LaneState => ({
    work,
    find: () => ({
      restarted: false, // main knows
      leaves: () =>
        before === null ? runner.initializeClient(clientStateSeed(seed, id)) : bytes!.decodeLeaves(before),
    }),
    keep: (state) => keep(bytes!.encodeLeaves(state)),
  });

  const clientOf = (
    selections: readonly Selection<string>[],
    { id, data, rowsOf, alterations }: SentClient,
    state: LaneState | null,
  ): LaneClient | ClientReport =>
    'status' in data
      ? data
      : {
          client: id,
          load: () => ('start' in data ? own.copyOf(data) : data),
          slices: () => (rowsOf === undefined ? [] : ownSlices(selections, slices, rowsOf)),
          ...(state !== null && { state }),
          ...(alterations !== undefined && { alterations }),
        };

  /** Says nothing of a lane that it was told to leave. */
  const runLane = async (lane: LaneCommand): Promise<void> => {
    const phase = phases[lane.phase]!;
    if (phase.turn !== lane.turn) phase.broadcast = ownCopy(phase.broadcast, phase.shared);
    phase.turn = lane.turn;
    const cell = phase.cells.get(lane.cellStart) ?? cellAt(heap, lane.cellStart, phase.zeros);
    phase.cells.set(lane.cellStart, cell);
    const states: (Uint8Array | null)[] =
      plan.plan.clientState === undefined ? [] : lane.clients.map(() => null);
    const stateOf = ({ id, state }: SentClient, position: number): LaneState | null => {
      if (state === undefined) return null;
      return keeping(phase.work, id, state, lane.stateSeed ?? lane.seed, (made) => {
        states[position] = made;
      });
    };
    const sums = await sumLane(phase, {
      broadcast: phase.broadcast,
      seed: lane.seed,
      clients: lane.clients.map((client, position) =>
        clientOf(phase.selections, client, stateOf(client, position)),
      ),
      zeros: () => resetCell(cell, phase.zeros, phase.reductions),
      async mayGoOn() {
        if (pause !== undefined) await pause();
        return !isStopped();
      },
      worked(accumulators) {
        if (accumulators === null || isCell(cell, accumulators)) calls.free();
        else calls.keep();
      },
    });
    if (sums === null) return;
    const { reports, accumulators } = sums;
    say({
      kind: 'lane-done',
      lane: lane.lane,
      reports: reports.every(({ status }) => status === 'accepted') ? null : reports,
      accumulators: accumulators !== null && store(cell, accumulators) ? 'in-cell' : accumulators,
      ...(plan.plan.clientState?.madeIn === lane.phase && { states }),
    });
  };

  /** What the latest client that worked by itself was given. */
  let given: { readonly version: number; readonly leaves: Leaves } | null = null;
  const work = async (command: Extract<Command, { kind: 'work' }>): Promise<void> => {
    const { task, phase, version, broadcast, seed, client } = command;
    if (given?.version !== version) given = { version, leaves: ownCopy(given?.leaves ?? [], broadcast) };
    const asked = { broadcast: given.leaves, seed };
    const { report, update } = await workAlone(phases[phase]!, asked, clientOf([], client, null));
    say({ kind: 'worked', task, report, update: update === null ? null : update.map(copyTensor) });
    calls.free();
  };

  return {
    async obey(command) {
      switch (command.kind) {
        case 'broadcast-memory':
          phases[command.phase]!.shared = command.leaves;
          break;
        case 'slices':
          slices = command.leaves;
          break;
        case 'lane':
          await runLane(command);
          break;
        case 'work':
          await work(command);
          break;
      }
    },
    async dispose() {
      await runner.dispose();
      await engine.dispose();
    },
  };
}

/** What a client asked for of each selection, out of the slices of all clients. */
function ownSlices(
  selections: readonly Selection<string>[],
  slices: Leaves,
  rowsOf: readonly Int32Array[],
): Leaves {
  const rows = splitLeaves(
    slices,
    selections.map(({ slice }) => leafCount(slice)),
  );
  return selections.flatMap(({ slice }, index) => slicesInOrder(slice, rows[index]!, rowsOf[index]!));
}

/** The shared leaves in ordinary memory: in that of `before` where they fit. */
function ownCopy(before: Leaves, shared: Leaves): Leaves {
  if (fitsLeaves(before, shared)) return writeLeaves(before, shared);
  return shared.map(
    (leaf): Tensor =>
      leaf.dtype === 'string' ? leaf : { ...leaf, data: leaf.data.slice() as Tensor['data'] },
  );
}

/** Whether the accumulators lie in the cell, and so hold nothing of any update. */
function isCell(cell: LaneAccumulators, accumulators: LaneAccumulators): boolean {
  return cell.every((accumulator, index) => {
    const own = accumulators[index]!;
    return own.length === accumulator.length && accumulator.every((leaf, at) => leaf.data === own[at]!.data);
  });
}

/** Whether the accumulators are now in the cell; most reductions have written them there already. */
function store(cell: LaneAccumulators, accumulators: LaneAccumulators): boolean {
  const fits = cell.every((accumulator, index) => fitsLeaves(accumulator, accumulators[index]!));
  if (fits) cell.forEach((accumulator, index) => void writeLeaves(accumulator, accumulators[index]!));
  return fits;
}
