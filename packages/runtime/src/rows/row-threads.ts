// A few threads that take tasks in turn. They keep the process alive only while they work.
import { Worker } from 'node:worker_threads';
import { WorkerError } from '../runtime/errors.js';
import type { RowReply, RowTask } from './row-task.js';

export interface RowThreads {
  /** What comes of a task, once a thread was free for it; rejects with a `WorkerError`. */
  run(task: RowTask): Promise<Float64Array>;
  /** Whether a thread is lost: no task is taken any longer. */
  isBroken(): boolean;
}

interface Waiting {
  readonly task: RowTask;
  readonly resolve: (part: Float64Array) => void;
  readonly reject: (error: Error) => void;
}

export function createRowThreads(count: number): RowThreads {
  const queue: Waiting[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, Waiting>();
  let broken: WorkerError | null = null;

  const pump = (): void => {
    while (idle.length > 0 && queue.length > 0) {
      const [worker, waiting] = [idle.pop()!, queue.shift()!];
      busy.set(worker, waiting);
      worker.ref();
      worker.postMessage(waiting.task);
    }
  };
  const breakDown = (cause: unknown): void => {
    broken ??= new WorkerError('Cannot combine updates: a thread was lost', { cause });
    for (const { reject } of [...busy.values(), ...queue.splice(0)]) reject(broken);
    for (const worker of [...busy.keys(), ...idle.splice(0)]) void worker.terminate();
    busy.clear();
  };
  const start = (): void => {
    const worker = new Worker(workerEntry(import.meta.url), { execArgv: [] });
    worker.unref();
    worker.on('message', (reply: RowReply) => {
      const waiting = busy.get(worker);
      busy.delete(worker);
      worker.unref();
      idle.push(worker);
      if ('part' in reply) waiting?.resolve(reply.part);
      else waiting?.reject(new WorkerError(reply.failure));
      pump();
    });
    worker.on('error', breakDown);
    worker.on('exit', breakDown);
    idle.push(worker);
  };
  for (let index = 0; index < count; index++) start();

  return {
    run(task) {
      if (broken !== null) return Promise.reject(broken);
      return new Promise((resolve, reject) => {
        queue.push({ task, resolve, reject });
        pump();
      });
    },
    isBroken: () => broken !== null,
  };
}

/** The built entry, also if this file itself runs from its TypeScript source: threads load JavaScript only. */
function workerEntry(here: string): URL {
  return here.endsWith('.ts')
    ? new URL('../../dist/rows/row-worker.js', here)
    : new URL('./row-worker.js', here);
}
