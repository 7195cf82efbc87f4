// A plan and a population on a pool of workers: gives lanes out, replaces workers that are lost, and keeps the
// memory that main and workers share. Which lane goes when is in phase-run.ts.
// Long because a lane is put together, sent, answered and put back with what the pool knows of its workers.
import type { Worker } from 'node:worker_threads';
import { StarlingError, type Value } from '@starling/federated-core';
import type { MaybePromise, Reduction } from '@starling/federated-core/plan';
import type { LinkedPlan } from '@starling/plan';
import type { ClientReport, Leaves } from '@starling/plan/runner';
import { droppedReport } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import type { EngineChoice } from '../engines/engines.js';
import type { FoundState } from '../fold/client-states.js';
import { lostReport } from '../fold/sum-lane.js';
import { WorkerError } from '../runtime/errors.js';
import type {
  PhaseOutcome,
  PhaseRequest,
  RuntimeSession,
  WorkOutcome,
  WorkRequest,
} from '../runtime/runtime.js';
import { ClientWorks, type WorkTaker } from './client-works.js';
import { keepStates, stateOrReport } from './lane-states.js';
import type { ClientStore } from './memory/client-store.js';
import type { LaneMemory } from './memory/lane-memory.js';
import { type LaneTask, PhaseRun } from './phase-run.js';
import { Publication } from './publication.js';
import { startLocalWorker } from './workers/local-worker.js';
import { type Reply, type SentClient, sentClient } from './workers/messages.js';
import { startWorker, type WorkerEvents, type WorkerHandle } from './workers/worker-handle.js';

export interface ThreadsSessionOptions {
  readonly linked: LinkedPlan;
  readonly population: Population;
  readonly argument: (value: Value) => Leaves;
  readonly memory: LaneMemory;
  /** By phase; on main's part of the memory. */
  readonly reductions: readonly (readonly Reduction[])[];
  readonly workers: number;
  /** Whether one of them is main. */
  readonly mainWorks: boolean;
  /** See `ThreadSetup`. */
  readonly awakeMs: number;
  readonly engine: EngineChoice;
  /** See `EngineModule`. */
  readonly startsAlone: boolean;
  readonly store: ClientStore;
  readonly onWorkerStart: (thread: Worker) => void;
  readonly onClose: () => Promise<void>;
}

/** A lane with one worker. */
interface Assignment {
  readonly task: LaneTask;
  /** Clients whose data stays in the store while the worker has the lane. */
  readonly pinned: number[];
  /** Of each client of the lane, the version of its state that it begins with; empty where clients keep nothing. */
  states: readonly (FoundState | null)[];
}

interface PoolWorker extends WorkTaker {
  readonly handle: WorkerHandle;
  /** Lanes it has, in the order sent. */
  readonly lanes: Map<number, Assignment>;
  ready: boolean;
  gone: boolean;
  /** A lane is being put together for it; one at a time. */
  sending: boolean;
}

/** Lanes a worker may have: one that it runs and one that waits, so that it need not wait for main. */
const LANES_AHEAD = 2;
/** A lane that was lost with so many workers is taken to be what ends them. */
const MAX_LOSSES = 3;

export class ThreadsSession implements RuntimeSession {
  private readonly pool = new Set<PoolWorker>();
  private readonly publication = new Publication((command) => {
    for (const { handle } of this.pool) handle.send(command);
  });
  private readonly works: ClientWorks;
  private current: PhaseRun | null = null;
  private closing: Promise<void> | null = null;

  constructor(private readonly options: ThreadsSessionOptions) {
    this.works = new ClientWorks({
      population: options.population,
      workers: this.pool,
      dataOf: (pinned, index, id) => this.dataOf(pinned, index, id),
      unpin: (work) => this.unpin(work),
    });
  }

  async start(): Promise<void> {
    const { workers, startsAlone, mainWorks } = this.options;
    const numbers = Array.from({ length: workers }, (_, index) => index + 1);
    const start = (number: number): Promise<void> =>
      this.startWorker(number, mainWorks && number === workers);
    if (startsAlone) await start(numbers.shift()!);
    await Promise.all(numbers.map(start));
  }

  async runPhase(request: PhaseRequest): Promise<PhaseOutcome> {
    if (this.closing !== null) throw new StarlingError('closed', 'Cannot run a phase: the runtime is closed');
    if (this.pool.size === 0) throw new WorkerError('Cannot run a phase: no worker could be replaced');
    const { linked, population, reductions, memory } = this.options;
    const { phase } = request;
    const { cells, window } = memory.phases[phase]!;
    cells.releaseAll();
    this.publication.publish(phase, request.broadcast);
    if (request.slices !== undefined) {
      this.publication.publishSlices(request.slices.flatMap(({ rows }) => rows));
    }
    const { laneSize } = linked.plan;
    const cost = costsIn(population);
    const run = new PhaseRun({ request, laneSize, window, reductions: reductions[phase]!, cells, cost });
    this.current = run;
    try {
      this.pump();
      return await run.outcome;
    } finally {
      this.current = null;
    }
  }

  async work(request: WorkRequest): Promise<WorkOutcome> {
    if (this.closing !== null) {
      throw new StarlingError('closed', 'Cannot have a client work: the runtime is closed');
    }
    if (this.pool.size === 0) throw new WorkerError('Cannot have a client work: no worker could be replaced');
    return this.works.ask(request);
  }

  get workers(): number {
    return this.options.workers;
  }

  close(): Promise<void> {
    this.closing ??= this.shutDown();
    return this.closing;
  }

  private async shutDown(): Promise<void> {
    this.current?.fail(new StarlingError('closed', 'Cannot finish a phase: the runtime was closed'));
    this.works.close();
    await Promise.all(Array.from(this.pool, ({ handle }) => handle.close()));
    await this.options.onClose();
  }

  /** Resolves once the worker is ready; rejects if it cannot become so. */
  private startWorker(number: number, onMain: boolean): Promise<void> {
    const { linked: plan, engine, memory, store, workers, awakeMs, onWorkerStart } = this.options;
    return new Promise((resolve, reject) => {
      const copyBytes = store.arena.byteLength / workers;
      const setup = { plan, engine, heap: memory.heap, arena: store.arena, copyBytes, number };
      const events: WorkerEvents = {
        onReply: (reply) => {
          if (reply.kind === 'ready') {
            worker.ready = true;
            resolve();
            this.pump();
            this.works.pump();
          } else {
            if (reply.kind === 'failed') reject(failureOf(reply)); // a no-op once it is ready
            this.onReply(worker, reply);
          }
        },
        onExit: (error) => {
          reject(new WorkerError('Cannot start a worker: it ended before it was ready', { cause: error }));
          this.onExit(worker, number, error);
        },
      };
      const handle = onMain ? startLocalWorker(setup, events) : startWorker(setup, events, awakeMs);
      const worker: PoolWorker = {
        handle,
        lanes: new Map(),
        works: new Map(),
        ready: false,
        gone: false,
        sending: false,
      };
      this.pool.add(worker);
      for (const command of this.publication.soFar()) handle.send(command);
      if (handle.thread !== null) onWorkerStart(handle.thread);
    });
  }

  private onReply(worker: PoolWorker, reply: Exclude<Reply, { kind: 'ready' }>): void {
    if (reply.kind === 'worked') {
      this.works.onReply(worker, reply);
      return;
    }
    if (reply.kind === 'failed') this.works.failAll(failureOf(reply));
    const run = this.current;
    if (run === null) return;
    if (reply.kind === 'failed') {
      run.fail(failureOf(reply));
      return;
    }
    const assignment = worker.lanes.get(reply.lane)!;
    const { task, states } = assignment;
    worker.lanes.delete(reply.lane);
    this.unpin(assignment);
    const { cohort, phase } = run.request;
    const accumulators =
      reply.accumulators === 'in-cell'
        ? this.options.memory.phases[phase]!.accumulators(task.cell!)
        : reply.accumulators;
    const told =
      reply.reports ??
      cohort.slice(task.start, task.end).map((index): ClientReport => {
        return { client: this.options.population.clientId(index), status: 'accepted' };
      });
    const reports =
      states.length === 0
        ? told
        : told.map((report, at) =>
            report.status === 'accepted' && states[at]?.restarted === true
              ? { ...report, restarted: true as const }
              : report,
          );
    this.pump();
    const kept =
      reply.states === undefined
        ? null
        : keepStates(run.request, assignment.task.start, states, reply.states, reports);
    const done = (): Promise<void> => run.done(task, accumulators, reports);
    void (kept === null ? done() : kept.then(done, (error) => run.fail(error))).then(() => this.pump());
  }

  /** The one that takes its place has a thread of its own; it also takes its number, and so its scratch. */
  private onExit(worker: PoolWorker, number: number, error: Error | null): void {
    worker.gone = true;
    this.pool.delete(worker);
    const run = this.current;
    for (const assignment of worker.lanes.values()) {
      const { task } = assignment;
      if (worker.handle.thread !== null) task.losses++;
      this.unpin(assignment);
      run?.putBack(task);
      if (task.losses >= MAX_LOSSES) {
        run?.fail(
          new WorkerError(`Cannot finish lane ${task.lane}: it lost ${MAX_LOSSES} workers`, { cause: error }),
        );
      }
    }
    if (this.closing !== null) return;
    this.works.onExit(worker, error);
    if (!worker.ready) {
      this.works.failAll(
        new WorkerError('Cannot replace a worker: it ended before it was ready', { cause: error }),
      );
      run?.fail(new WorkerError('Cannot replace a worker: it ended before it was ready', { cause: error }));
      return;
    }
    this.startWorker(number, false).catch(() => {}); // its own exit fails the phase
    this.pump();
  }

  /** Gives lanes to workers that have room for one. */
  private pump(): void {
    const run = this.current;
    if (run === null) return;
    for (let ahead = 0; ahead < LANES_AHEAD; ahead++) {
      for (const worker of this.pool) {
        // Only while there is more than enough for all: the last lanes go to the worker that is free first.
        if (ahead > 0 && run.waitingLanes <= this.pool.size) return;
        if (!worker.ready || worker.sending || worker.lanes.size > ahead) continue;
        const task = run.take();
        if (task === null) return;
        const assignment: Assignment = { task, pinned: [], states: [] };
        worker.lanes.set(task.lane, assignment);
        this.send(worker, run, assignment).catch((error: Error) => {
          worker.sending = false;
          run.fail(error);
          this.unpin(assignment);
          if (worker.lanes.delete(task.lane) && !worker.gone) run.putBack(task);
        });
      }
    }
  }

  private async send(worker: PoolWorker, run: PhaseRun, assignment: Assignment): Promise<void> {
    worker.sending = true;
    const { task, pinned } = assignment;
    const { linked, population, memory } = this.options;
    const { cohort, phase, seed, slices, faults, states } = run.request;
    const clients: SentClient[] = [];
    const found: (FoundState | null)[] = [];
    const keeps = linked.plan.clientState !== undefined;
    for (let position = task.start; position < task.end; position++) {
      const index = cohort[position]!;
      const id = population.clientId(index);
      const fault = faults?.[position];
      if (fault?.kind === 'lost') {
        clients.push({ id, data: lostReport(id, fault) });
        if (keeps) found.push(null);
        continue;
      }
      const state = keeps ? await stateOrReport(linked.plan, run.request, position, id) : null;
      if (keeps) found.push(state !== null && 'status' in state ? null : state);
      if (state !== null && 'status' in state) {
        clients.push({ id, data: state });
        continue;
      }
      const given = this.dataOf(pinned, index, id);
      const data = given instanceof Promise ? await given : given;
      const alterations = fault?.alterations;
      const rowsOf = slices?.map((each) => each.rowsOf[position]!);
      clients.push(sentClient(id, data, { rowsOf, alterations, state: state?.bytes }));
    }
    worker.sending = false;
    assignment.states = found;
    if (worker.gone) {
      this.unpin(assignment); // the lane was put back while its data was loaded
      return;
    }
    const cellStart = memory.phases[phase]!.cellStart(task.cell!);
    const turn = this.publication.turn(phase);
    const first = keeps ? { stateSeed: states?.seed ?? seed } : null;
    worker.handle.send({
      kind: 'lane',
      lane: task.lane,
      phase,
      turn,
      cellStart,
      seed,
      ...first,
      clients,
    });
    if (worker.lanes.size < LANES_AHEAD) this.pump();
  }

  /** A client's data for a lane; only a client that is new to the store is loaded, which may take a while. */
  private dataOf(pinned: number[], index: number, id: string): MaybePromise<SentClient['data']> {
    const { store } = this.options;
    const found = store.find(index);
    if (found === null) return this.load(pinned, index, id);
    pinned.push(index);
    return found;
  }

  private async load(pinned: number[], index: number, id: string): Promise<SentClient['data']> {
    const { population, argument, store } = this.options;
    try {
      const leaves = argument(await population.load(index));
      const placed = store.keep(index, leaves);
      if (placed === null) return leaves;
      pinned.push(index);
      return placed;
    } catch (error) {
      return droppedReport(id, 'load-failed', error);
    }
  }

  private unpin({ pinned }: Pick<Assignment, 'pinned'>): void {
    for (const client of pinned.splice(0)) this.options.store.release(client);
  }
}

/** A count only balances lanes: a client of which none can be had is dropped when it is loaded, or works. */
function costsIn(population: Population): (client: number) => number {
  return (client) => {
    try {
      return population.exampleCount(client) || 0; // of data that is no dataset, NaN or nothing
    } catch {
      return 0;
    }
  };
}

function failureOf({ code, message }: Extract<Reply, { kind: 'failed' }>): Error {
  return code === 'worker-lost' ? new WorkerError(message) : new StarlingError(code, message);
}
