// The thread of a worker of the `threads` runtime. It sleeps on the doorbell rather than in an event loop, which wakes
// it sooner and keeps it off the cores while main works.
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { createLaneRunner } from './lane-runner.js';
import { type Command, failedReply, type Reply, RINGS, STOP, type ThreadSetup } from './messages.js';

const { commands, doorbell, awakeMs, ...setup } = workerData as ThreadSetup;
const say = (reply: Reply): void => parentPort?.postMessage(reply);

try {
  await serve();
} catch (error) {
  say(failedReply(error));
}
commands.close();

async function serve(): Promise<void> {
  const isStopped = (): boolean => Atomics.load(doorbell, STOP) === 1;
  const lanes = await createLaneRunner({ setup, say, isStopped });
  say({ kind: 'ready' });
  for (;;) {
    const rung = Atomics.load(doorbell, RINGS);
    const command = receiveMessageOnPort(commands)?.message as Command | undefined;
    if (command === undefined) waitForRing(rung);
    else if (command.kind === 'close') return lanes.dispose();
    else await lanes.obey(command);
  }
}

/** Until the doorbell has rung more often than `rung` times: first awake, then asleep. */
function waitForRing(rung: number): void {
  const sleepsAt = performance.now() + awakeMs;
  while (performance.now() < sleepsAt) if (Atomics.load(doorbell, RINGS) !== rung) return;
  Atomics.wait(doorbell, RINGS, rung);
}
