// When clients that found no place should come back: each in a slot of its own, so that however many there are, so many
// a second come, and no more (pace steering: Bonawitz et al., "Towards Federated Learning at Scale", MLSys 2019,
// section 2.3, where a server without memory draws the times; one number of memory gives them without a draw).

export interface Returns {
  /** The wait of one more client, whole milliseconds. */
  next(): number;
}

/** The longest wait: then more than `perSecond` come, and none is forgotten. */
const MAX_WAIT_MS = 600_000;

/** `now`: a monotonic clock, milliseconds. */
export function createReturns(perSecond: number, now: () => number): Returns {
  let slotMs = Number.NEGATIVE_INFINITY;
  return {
    next() {
      const time = now();
      slotMs = Math.min(Math.max(time, slotMs + 1000 / perSecond), time + MAX_WAIT_MS);
      return Math.ceil(slotMs - time);
    },
  };
}
