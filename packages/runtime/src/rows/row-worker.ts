// The thread of `row-threads.ts`: one task after another.
import { parentPort } from 'node:worker_threads';
import { type RowReply, type RowTask, runRowTask } from './row-task.js';

parentPort?.on('message', (task: RowTask) => {
  parentPort?.postMessage(reply(task));
});

function reply(task: RowTask): RowReply {
  try {
    return { part: runRowTask(task) };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}
