// Clients whose data is long in coming: a round waits for them, and a `load` that never settles would hold a run up for
// ever without a word. They are named; the wait stays, as no simulation knows how long a disk may take.

import type { Value } from '@starling/federated-core';
import { type MaybePromise, warnOnce } from '@starling/federated-core/plan';
import type { Population } from '@starling/population';

/** How long a load takes before it is spoken of. */
const PATIENCE_MS = 30_000;
/** Clients that a run names. */
const MAX_NAMES = 10;

export interface LoadWatch {
  /** Calls `late` after so many milliseconds, unless what it gives is called before. */
  readonly after: (ms: number, late: () => void) => () => void;
  readonly warn: (sentence: string) => void;
}

const HOST: LoadWatch = {
  after(ms, late) {
    const timer = setTimeout(late, ms);
    return () => clearTimeout(timer);
  },
  warn: warnOnce,
};

export interface WatchedLoads {
  /** As it was, with loads that are watched. */
  readonly population: Population;
  /** Nothing is said from then on. */
  stop(): void;
}

export function watchLoads(population: Population, { after, warn }: LoadWatch = HOST): WatchedLoads {
  const waiting = new Set<() => void>();
  let named = 0;
  const watch = (index: number, loading: PromiseLike<Value>): void => {
    const cancel = after(PATIENCE_MS, () => {
      waiting.delete(cancel);
      if (++named > MAX_NAMES) return;
      const rest = named === MAX_NAMES ? ' Further clients are not named.' : '';
      warn(
        `load of ${population.name} has given nothing for client '${population.clientId(index)}' after ${PATIENCE_MS / 1000} s, and the round waits for it.${rest}`,
      );
    });
    waiting.add(cancel);
    const settled = (): void => {
      waiting.delete(cancel);
      cancel();
    };
    loading.then(settled, settled);
  };
  return {
    population: {
      name: population.name,
      size: population.size,
      dataType: population.dataType,
      ...(population.dataAtHand !== undefined && { dataAtHand: population.dataAtHand }),
      clientId: (index) => population.clientId(index),
      exampleCount: (index) => population.exampleCount(index),
      fingerprint: () => population.fingerprint(),
      load(index): MaybePromise<Value> {
        const loading = population.load(index);
        if (isPromise(loading)) watch(index, loading);
        return loading;
      },
    },
    stop() {
      for (const cancel of waiting) cancel();
      waiting.clear();
    },
  };
}

function isPromise(loading: MaybePromise<Value>): loading is Promise<Value> {
  return typeof (loading as Partial<PromiseLike<Value>> | null | undefined)?.then === 'function';
}
