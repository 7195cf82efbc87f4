// The work of single clients on a pool of workers: each goes to a worker that has room, with the broadcast of its own
// version, and its update comes back as it is. One that is lost with its worker goes to another.
import { StarlingError } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import type { Leaves } from '@starling/plan/runner';
import type { Population } from '@starling/population';
import { WorkerError } from '../runtime/errors.js';
import type { WorkOutcome, WorkRequest } from '../runtime/runtime.js';
import { shareLike, writeLeaves } from './memory/shared-leaves.js';
import type { Reply, SentClient } from './workers/messages.js';
import { sentClient } from './workers/messages.js';
import type { WorkerHandle } from './workers/worker-handle.js';

/** A worker as far as it takes such work. */
export interface WorkTaker {
  readonly handle: WorkerHandle;
  /** What it has of it, by task. */
  readonly works: Map<number, ClientWork>;
  readonly ready: boolean;
  readonly gone: boolean;
}

export interface ClientWork {
  readonly task: number;
  readonly request: WorkRequest;
  /** Clients whose data stays in the store meanwhile. */
  readonly pinned: number[];
  /** Workers that were lost with it. */
  losses: number;
  readonly settle: { resolve(outcome: WorkOutcome): void; reject(error: Error): void };
}

export interface ClientWorksOptions {
  readonly population: Pick<Population, 'clientId'>;
  readonly workers: Iterable<WorkTaker>;
  dataOf(pinned: number[], index: number, id: string): MaybePromise<SentClient['data']>;
  unpin(work: ClientWork): void;
}

/** One that a worker is at, and one that waits, so that it need not wait for main. */
const AHEAD = 2;
/** Work that was lost with so many workers is taken to be what ends them. */
const MAX_LOSSES = 3;

export class ClientWorks {
  private readonly waiting: ClientWork[] = [];
  /** What is broadcast, by version, while somebody is asked to work on it. */
  private readonly shared = new Map<number, { readonly leaves: Leaves; uses: number }>();
  private tasks = 0;

  constructor(private readonly options: ClientWorksOptions) {}

  ask(request: WorkRequest): Promise<WorkOutcome> {
    const { version, broadcast } = request;
    const shared = this.shared.get(version) ?? {
      leaves: writeLeaves(shareLike(broadcast), broadcast),
      uses: 0,
    };
    shared.uses++;
    this.shared.set(version, shared);
    return new Promise((resolve, reject) => {
      this.waiting.push({
        ...{ task: ++this.tasks, request, pinned: [], losses: 0 },
        settle: { resolve, reject },
      });
      this.pump();
    });
  }

  /** Gives work to workers that have room for it, the one with the least first. */
  pump(): void {
    for (let held = 0; held < AHEAD && this.waiting.length > 0; held++) {
      for (const worker of this.options.workers) {
        if (!worker.ready || worker.works.size > held) continue;
        const work = this.waiting.shift();
        if (work === undefined) return;
        worker.works.set(work.task, work);
        this.send(worker, work).catch((error: Error) => this.fail(worker, work, error));
      }
    }
  }

  private async send(worker: WorkTaker, work: ClientWork): Promise<void> {
    const { client, phase, version, seed, alterations } = work.request;
    const id = this.options.population.clientId(client);
    const data = await this.options.dataOf(work.pinned, client, id);
    if (worker.gone) {
      this.options.unpin(work); // it was put back while its data was loaded
      return;
    }
    const { leaves } = this.shared.get(version)!;
    const sent = sentClient(id, data, { rowsOf: undefined, alterations, state: undefined });
    worker.handle.send({
      kind: 'work',
      task: work.task,
      phase,
      version,
      broadcast: leaves,
      seed,
      client: sent,
    });
  }

  onReply(worker: WorkTaker, { task, report, update }: Extract<Reply, { kind: 'worked' }>): void {
    const work = worker.works.get(task);
    if (work === undefined) return;
    worker.works.delete(task);
    this.release(work);
    this.pump();
    work.settle.resolve({ report, update });
  }

  /** The worker is no more: others do what it had. */
  onExit(worker: WorkTaker, error: Error | null): void {
    for (const work of [...worker.works.values()].reverse()) {
      this.options.unpin(work);
      if (worker.handle.thread !== null) work.losses++;
      if (work.losses < MAX_LOSSES) this.waiting.unshift(work);
      else {
        const name = this.options.population.clientId(work.request.client);
        const words = `Cannot finish the work of client ${name}: it lost ${MAX_LOSSES} workers`;
        this.release(work);
        work.settle.reject(new WorkerError(words, { cause: error }));
      }
    }
    worker.works.clear();
    this.pump();
  }

  /** What the plan itself cannot do, no worker can; what waits is for nobody any more. */
  failAll(error: Error): void {
    const all = [...this.options.workers].flatMap((worker) => {
      const works = [...worker.works.values()];
      worker.works.clear();
      return works;
    });
    for (const work of [...all, ...this.waiting.splice(0)]) {
      this.release(work);
      work.settle.reject(error);
    }
  }

  /** That the session is closed, to all whom it has not answered. */
  close(): void {
    this.failAll(new StarlingError('closed', 'Cannot have a client work: the runtime was closed'));
  }

  private fail(worker: WorkTaker, work: ClientWork, error: Error): void {
    if (!worker.works.delete(work.task)) return;
    this.release(work);
    work.settle.reject(error);
  }

  private release(work: ClientWork): void {
    this.options.unpin(work);
    const { version } = work.request;
    const shared = this.shared.get(version)!;
    if (--shared.uses === 0) this.shared.delete(version);
  }
}
