// The worker on main's own thread. With as many threads at work as there are cores, and main besides, some thread waits
// for a core whenever main has something to do: where rounds take milliseconds, a fifth of their time and more. A lane
// is run client by client; between two, main's event loop has its turn. Where clients take long, main is of more use
// awake to what else happens.
import { nextTurn } from '@starling/plan/runner';
import { createLaneRunner, type LaneRunner } from './lane-runner.js';
import { type Command, failedReply, type WorkerSetup } from './messages.js';
import type { WorkerEvents, WorkerHandle } from './worker-handle.js';

/** How long main may be kept from all else, in milliseconds. */
export interface Patience {
  /** By a client, on the average of its lane: beyond, the worker ends after the lane. */
  readonly averageMs: number;
  /** By any one client: beyond, it ends within the lane, which another runs again. */
  readonly onceMs: number;
}

const PATIENCE: Patience = { averageMs: 25, onceMs: 1000 };

/** Starts it; it says `ready` once its engine has loaded the plan, and exits when main is needed elsewhere. */
export function startLocalWorker(
  setup: WorkerSetup,
  events: WorkerEvents,
  { averageMs, onceMs }: Patience = PATIENCE,
): WorkerHandle {
  const commands: Command[] = [];
  let ring = (): void => {};
  let isStopped = false;
  /** When the client at hand began. */
  let began = Number.POSITIVE_INFINITY;
  const pause = async (): Promise<void> => {
    if (performance.now() - began > onceMs) isStopped = true;
    await nextTurn();
    began = performance.now();
  };
  /** Whether there was patience enough. */
  const obey = async (lanes: LaneRunner, command: Exclude<Command, { kind: 'close' }>): Promise<boolean> => {
    const start = performance.now();
    await lanes.obey(command);
    began = Number.POSITIVE_INFINITY;
    const clients = command.kind === 'lane' ? command.clients.length : 1;
    return !isStopped && performance.now() - start <= averageMs * clients;
  };
  const serve = async (): Promise<void> => {
    const lanes = await createLaneRunner({
      setup,
      say: events.onReply,
      isStopped: () => isStopped,
      pause,
    });
    events.onReply({ kind: 'ready' });
    try {
      for (let isQuick = true; isQuick; ) {
        const command = commands.shift();
        if (command === undefined) {
          await new Promise<void>((resolve) => {
            ring = resolve;
          });
        } else if (command.kind === 'close') break;
        else isQuick = await obey(lanes, command);
      }
    } finally {
      await lanes.dispose(); // no thread ends, which would take its engine along
    }
  };
  const ended = serve()
    .catch((error) => events.onReply(failedReply(error)))
    .then(() => events.onExit(null));
  const send = (command: Command): void => {
    commands.push(command);
    ring();
  };
  return {
    thread: null,
    send,
    close() {
      isStopped = true;
      send({ kind: 'close' });
      return ended;
    },
  };
}
