// How much may be on its way to clients at a time, of what is not shared between them: each client's slices are a body
// of its own, which is made when its turn comes, so that a large cohort takes no more memory than a small one.

export interface Pacing {
  /**
   * Calls `send` at once where there is room, or once enough of what went before has left. It gives the bytes that it
   * has put on their way, and calls `done` when they have left, or never will. One that waits under the same name is
   * replaced.
   */
  submit(name: string, send: (done: () => void) => number): void;
  /** Forgets what waits. */
  clear(): void;
}

/** `maxBytes` may be passed by the last body that is let in. */
export function createPacing(maxBytes: number): Pacing {
  const waiting = new Map<string, (done: () => void) => number>();
  let onTheWay = 0;

  function pump(): void {
    for (const [name, send] of waiting) {
      if (onTheWay >= maxBytes) return;
      waiting.delete(name);
      start(send);
    }
  }

  function start(send: (done: () => void) => number): void {
    let bytes: number | null = null; // until it is known; `done` may come before
    let left = false;
    bytes = send(() => {
      if (left) return;
      left = true;
      if (bytes === null) return;
      onTheWay -= bytes;
      pump();
    });
    if (!left) onTheWay += bytes;
  }

  return {
    submit(name, send) {
      waiting.delete(name);
      if (onTheWay >= maxBytes) waiting.set(name, send);
      else start(send);
    },
    clear: () => waiting.clear(),
  };
}
