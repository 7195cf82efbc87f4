// One worker as main sees it: started, commanded, ended. This one has a thread of its own, where worker.ts runs;
// local-worker.ts is the one on main's.
import { MessageChannel, Worker, type WorkerOptions } from 'node:worker_threads';
import { type Command, type Reply, RINGS, STOP, type ThreadSetup, type WorkerSetup } from './messages.js';

export interface WorkerEvents {
  onReply(reply: Reply): void;
  /** The worker has ended, and touches shared memory no more; with the error that ended it, if any. */
  onExit(error: Error | null): void;
}

export interface WorkerHandle {
  /** Its own; `null` if it works on main's. */
  readonly thread: Worker | null;
  send(command: Command): void;
  /**
   * Ends the worker once the client at hand is done. A thread is never terminated from outside: onnxruntime would
   * take the whole process down when its thread's JavaScript is gone as it returns.
   */
  close(): Promise<void>;
}

/** Starts a worker; it says `ready` once its engine has loaded the plan. `awakeMs` as in `ThreadSetup`. */
export function startWorker(setup: WorkerSetup, events: WorkerEvents, awakeMs: number): WorkerHandle {
  const { port1, port2 } = new MessageChannel();
  const doorbell = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const workerData: ThreadSetup = { ...setup, commands: port2, doorbell, awakeMs };
  const thread = new Worker(...workerEntry(import.meta.url, { workerData, transferList: [port2] }));
  let failure: Error | null = null;
  thread.on('message', (reply: Reply) => events.onReply(reply));
  thread.on('error', (error: Error) => {
    failure = error;
  });
  const exited = new Promise<void>((resolve) => {
    thread.once('exit', () => {
      port1.close();
      events.onExit(failure);
      resolve();
    });
  });
  const send: WorkerHandle['send'] = (command) => {
    port1.postMessage(command);
    Atomics.add(doorbell, RINGS, 1);
    Atomics.notify(doorbell, RINGS);
  };
  return {
    thread,
    send,
    close() {
      Atomics.store(doorbell, STOP, 1);
      send({ kind: 'close' });
      return exited;
    },
  };
}

/**
 * The built entry, also if this file itself runs from its TypeScript source: threads load JavaScript only, and
 * so without the conditions by which their parent finds sources.
 */
function workerEntry(here: string, options: WorkerOptions): [URL, WorkerOptions] {
  return here.endsWith('.ts')
    ? [new URL('../../../dist/threads/workers/worker.js', here), { ...options, execArgv: [] }]
    : [new URL('./worker.js', here), options];
}
