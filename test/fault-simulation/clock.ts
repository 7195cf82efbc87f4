// Virtual time: what is to happen later, in the order of its time, and of its planning where times are equal.

export interface Clock {
  /** Milliseconds since the simulation began. */
  readonly now: number;
  /** Events that have happened. */
  readonly events: number;
  after(ms: number, happen: () => void | Promise<void>): void;
  /** Lets things happen until `until` says so, or nothing is left to happen. */
  run(until: () => boolean): Promise<void>;
}

interface Planned {
  readonly at: number;
  readonly number: number;
  readonly happen: () => void | Promise<void>;
}

export function createClock(): Clock {
  const heap: Planned[] = [];
  let now = 0;
  let number = 0;
  let events = 0;
  const isBefore = (one: Planned, other: Planned): boolean =>
    one.at < other.at || (one.at === other.at && one.number < other.number);

  function push(planned: Planned): void {
    let index = heap.push(planned) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(planned, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = planned;
  }
  function pop(): Planned | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }

  return {
    get now() {
      return now;
    },
    get events() {
      return events;
    },
    after: (ms, happen) => push({ at: now + ms, number: number++, happen }),
    async run(until) {
      for (;;) {
        if (until()) return;
        const next = pop();
        if (next === undefined) return;
        now = next.at;
        events++;
        const happening = next.happen();
        if (happening !== undefined) await happening;
      }
    },
  };
}
