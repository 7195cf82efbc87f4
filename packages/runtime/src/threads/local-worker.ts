// The worker on main's own thread. With as many threads at work as there are cores, and main besides, some thread waits for a
// core whenever main has something to do: where rounds take milliseconds, a fifth of their time and more. A lane is run client by
// client; between two, main's event loop has its turn. Where clients take long, main is of more use awake to what else happens.
import { breathe } from '../plan/breathe.js';
import { createLaneRunner } from './lane-runner.js';
import { type Command, failedReply, type WorkerSetup } from './messages.js';
import type { WorkerEvents, WorkerHandle } from './worker-handle.js';

/** The worker ends after a lane whose clients took longer, in milliseconds, on the average. */
const LONGEST_CLIENT_MS = 25;

/** Starts it; it says `ready` once its engine has loaded the plan. */
export function startLocalWorker(setup: WorkerSetup, events: WorkerEvents): WorkerHandle {
  const commands: Command[] = [];
  let ring = (): void => {};
  let isStopped = false;
  const serve = async (): Promise<void> => {
    const lanes = await createLaneRunner({
      setup,
      say: events.onReply,
      isStopped: () => isStopped,
      pause: breathe,
    });
    events.onReply({ kind: 'ready' });
    for (let isQuick = true; isQuick; ) {
      const command = commands.shift();
      if (command === undefined) {
        await new Promise<void>((resolve) => {
          ring = resolve;
        });
      } else if (command.kind === 'close') break;
      else {
        const start = performance.now();
        await lanes.obey(command);
        const clients = command.kind === 'lane' ? command.clients.length : 1;
        isQuick = performance.now() - start <= LONGEST_CLIENT_MS * clients;
      }
    }
    await lanes.dispose();
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
