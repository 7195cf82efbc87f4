// The worker threads of the runs in this process. While one is in a call of onnxruntime, an exit would wait for it, and
// then abort.
import type { Worker } from 'node:worker_threads';

const running = new Set<Worker>();

export function trackThread(thread: Worker): void {
  running.add(thread);
  thread.once('exit', () => running.delete(thread));
}

export function hasThreads(): boolean {
  return running.size > 0;
}
