// A stop for a user who has a debugger attached, just before the user's code runs on real tensors: earlier calls of a
// body trace it, when there are no values yet.
import inspector from 'node:inspector';

/**
 * A way to call bodies: pauses before the first one where a debugger is attached; `starlingReplays` is true while a
 * body runs, for the conditions of breakpoints.
 */
export function forDebuggers(): <T>(run: () => T) => T {
  let isFirst = true;
  return (run) => {
    if (isFirst && inspector.url() !== undefined) pause();
    isFirst = false;
    Object.assign(globalThis, { starlingReplays: true });
    try {
      return run();
    } finally {
      Object.assign(globalThis, { starlingReplays: false });
    }
  };
}

function pause(): void {
  // Your code runs next, on real tensors: set breakpoints in it, and continue.
  // biome-ignore lint/suspicious/noDebugger: what this file is for.
  debugger;
}
