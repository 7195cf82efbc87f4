// What clients have last reported of one metric, such as their loss: a fold over committed rounds, so that the same
// rounds give the same, on every runtime and after a restart.
import { describeValue } from '@starling/federated-core/plan';

export interface LastReport {
  /** In which it was reported. */
  readonly round: number;
  readonly value: number;
}

/** What a sampler is given. */
export interface LastReports {
  /** Undefined for a client that has reported nothing yet. */
  of(client: number): LastReport | undefined;
}

/** What a run keeps: memory grows with the clients that have ever counted. */
export interface ReportMemory extends LastReports {
  /**
   * Adds a round once it is committed: the clients that counted, in cohort order, and the number of each. Throws a
   * `RangeError` unless there are as many numbers, and the round is later than all before.
   */
  add(round: number, clients: readonly number[], values: ArrayLike<number>): void;
  /** All of it as plain numbers, client, round and value in turn, by client: what a checkpoint keeps. */
  saved(): readonly number[];
}

/** A memory with nothing in it, or with what `saved` gave. */
export function reportMemory(saved: readonly number[] = []): ReportMemory {
  const known = new Map<number, LastReport>();
  let last = 0;
  for (let index = 0; index < saved.length; index += 3) {
    const [client, round, value] = saved.slice(index, index + 3) as [number, number, number];
    known.set(client, { round, value });
    last = Math.max(last, round);
  }
  return {
    of: (client) => known.get(client),
    add: (round, clients, values) => {
      if (round <= last) {
        throw new RangeError(`Cannot keep reports: need a round after ${last}, got ${describeValue(round)}`);
      }
      if (values.length !== clients.length) {
        throw new RangeError(
          `Cannot keep reports of round ${round}: need a number for each of ${clients.length} clients, got ${values.length}`,
        );
      }
      last = round;
      for (const [place, client] of clients.entries())
        known.set(client, { round, value: values[place] as number });
    },
    saved: () =>
      [...known]
        .sort(([one], [other]) => one - other)
        .flatMap(([client, { round, value }]) => [client, round, value]),
  };
}
