// How much one client is asked for at once. A client may take part in several runs, each by a socket of its own, and
// says how many pieces of work it takes at a time: a run that would go beyond that waits for its turn, first come,
// first served, so that no run starves another. Sockets are of one client if they say the same device.

/** What a socket says of its client. */
export interface Worker {
  readonly device: unknown;
  /** From 1. */
  readonly tasks: number;
}

export interface TaskDesk {
  /**
   * Whether the socket may be asked for a piece of work now, or has been. Else `again` is called once it may be; a
   * later call takes the place of the one before.
   */
  take(socket: Worker, again: () => void): boolean;
  /** The socket's piece of work is done, or not wanted any more; it also waits for none. */
  release(socket: Worker): void;
}

interface Desk {
  readonly working: Set<Worker>;
  /** From the one that has waited longest. */
  readonly waiting: Map<Worker, () => void>;
}

export function createTaskDesk(): TaskDesk {
  const desks = new Map<unknown, Desk>();

  return {
    take(socket, again) {
      const desk = desks.get(socket.device) ?? { working: new Set(), waiting: new Map() };
      desks.set(socket.device, desk);
      const { working, waiting } = desk;
      if (working.has(socket)) return true;
      if (working.size >= socket.tasks) {
        waiting.set(socket, again);
        return false;
      }
      waiting.delete(socket);
      working.add(socket);
      return true;
    },
    release(socket) {
      const desk = desks.get(socket.device);
      if (desk === undefined) return;
      const { working, waiting } = desk;
      waiting.delete(socket);
      working.delete(socket);
      for (const [next, again] of waiting) {
        if (working.size >= next.tasks) break;
        waiting.delete(next);
        again();
      }
      if (working.size === 0 && waiting.size === 0) desks.delete(socket.device);
    },
  };
}
