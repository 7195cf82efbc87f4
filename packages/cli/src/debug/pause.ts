// A stop for whoever has a debugger attached, just before the user's code runs on real tensors: earlier calls of a body
// trace it, when there are no values yet.
import inspector from 'node:inspector';
import type { LocalRunner } from '@starling/federated-core';

/** `run`, with `before` called ahead of its first call. */
export function atFirstCall(run: LocalRunner, before: () => void): LocalRunner {
  let isFirst = true;
  return (...call) => {
    if (isFirst) before();
    isFirst = false;
    return run(...call);
  };
}

/** From now on `starlingReplays` is true, for the conditions of breakpoints; pauses where a debugger is attached. */
export function pauseForDebugger(): void {
  Object.assign(globalThis, { starlingReplays: true });
  if (inspector.url() === undefined) return;
  // Your code runs next, on real tensors: set breakpoints in it, and continue.
  // biome-ignore lint/suspicious/noDebugger: what this file is for.
  debugger;
}
