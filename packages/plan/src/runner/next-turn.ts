// A turn of the event loop in the midst of much work on one thread, so that sockets are answered meanwhile; in Node
// and in browsers.

/** Resolves after what waits has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}
