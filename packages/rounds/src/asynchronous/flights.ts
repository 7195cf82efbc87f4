// Rounds that do not wait, as a machine: who is at work on which version of the state, whose reports wait for the next
// step, and who is asked next. It is told what happens, and says what to do; it knows no clock, no socket, no bytes.
//
//   asked ──► in flight ──► buffered ──► in a step ──► free again, once the step counts or is given up
//                 │             │
//                 │             └── stale: refused, and free at once
//                 └── lost: free, and asked again once the attempt at hand is over
//
// A version is the state after so many steps. A client works on the one that was the latest when it was asked, whatever
// is committed meanwhile, and is not asked again before the step that it is in has come to an end.
import type { AsynchronousSettings } from './asynchronous-settings.js';
import type { NextClient } from './next-client.js';

/** The work of one client on one version, from when it is asked. */
export interface Flight {
  /** From 1, in the order in which they are asked. */
  readonly number: number;
  /** By the number that the caller knows it by. */
  readonly client: number;
  /** The version that it is given: steps that counted when it was asked. */
  readonly version: number;
  /** Of the attempts at the step after `version`, the one that was due: its randomness comes from both. */
  readonly attempt: number;
}

/** A flight that is over, as the step that it is in sees it. */
export interface StaleFlight extends Flight {
  /** Steps that were taken since its version: τ. */
  readonly staleness: number;
}

export type FlightEvent =
  /** Its report has come, or it is known that none will and its place in the step stays empty. */
  | { readonly kind: 'arrived'; readonly flight: number }
  /** It brings no report, and takes no place: the client is free, and sits out until the attempt at hand is over. */
  | { readonly kind: 'lost'; readonly flight: number }
  /** Someone is there who was not: a client that comes back does not sit out. */
  | { readonly kind: 'joined'; readonly client: number }
  /** The step under way counts. */
  | { readonly kind: 'committed' }
  /** It came to nothing: its reports are void, and the state is as it was. */
  | { readonly kind: 'failed' }
  /** There may be room for more clients at work. */
  | { readonly kind: 'fill' };

export type FlightAction =
  /** Have the client work. */
  | { readonly kind: 'ask'; readonly flight: Flight }
  /** Its report is older than any may be. */
  | { readonly kind: 'refuse'; readonly flight: StaleFlight }
  /**
   * Take a step with these, in the order of their arrival; answered by `committed` or `failed`. With none: so many
   * clients in a row brought nothing, or all that could be asked, that the attempt is to say so.
   */
  | { readonly kind: 'step'; readonly reports: readonly StaleFlight[] };

export interface Flights {
  /** Steps that count. */
  readonly version: number;
  /** The attempt at the next step that is due, from 1. */
  readonly attempt: number;
  /** Those at work, in the order in which they were asked. */
  readonly inFlight: readonly Flight[];
  /** Those whose reports wait for a step that is not under way. */
  readonly buffered: readonly Flight[];
  handle(event: FlightEvent): readonly FlightAction[];
}

export interface FlightsOptions {
  readonly settings: Omit<AsynchronousSettings, 'clock'>;
  readonly next: NextClient;
  /** Where a run continues whose clients are still at work. Default: at its beginning. */
  readonly start?: {
    readonly version: number;
    readonly attempt: number;
    readonly inFlight: readonly Flight[];
  };
}

export function createFlights({ settings, next, start }: FlightsOptions): Flights {
  const { buffer, concurrency, maxStaleness } = settings;
  const flying = new Map(start?.inFlight.map((flight) => [flight.number, flight]));
  const busy = new Set(start?.inFlight.map(({ client }) => client));
  /** Who brought nothing in the attempt at hand: asked again at once, it would only do the same. */
  const sittingOut = new Set<number>();
  const mostLost = Math.max(buffer, concurrency);
  let lostInRow = 0;
  let waiting: Flight[] = [];
  let stepping: readonly StaleFlight[] | null = null;
  let version = start?.version ?? 0;
  let attempt = start?.attempt ?? 1;
  let asked = Math.max(0, ...flying.keys());

  /**
   * A report that waits behind the step under way is work that is not used yet, as that of those at work: without this,
   * where steps are slower than clients, all that are there would queue, and grow too old in the queue.
   */
  function outstanding(): number {
    return flying.size + (stepping === null ? 0 : waiting.length);
  }
  function nextFree(isBusy: (client: number) => boolean): number | null {
    return next(isBusy, busy.size, asked + 1);
  }
  function fill(): readonly FlightAction[] {
    const actions: FlightAction[] = [];
    while (outstanding() < concurrency) {
      const client = nextFree((one) => busy.has(one) || sittingOut.has(one));
      if (client === null) return [...actions, ...giveUpIfStuck()];
      const flight: Flight = { number: ++asked, client, version, attempt };
      busy.add(client);
      flying.set(flight.number, flight);
      actions.push({ kind: 'ask', flight });
    }
    return actions;
  }
  /** Nobody is at work, and all that could be asked have brought nothing: no report will come by itself. */
  function giveUpIfStuck(): readonly FlightAction[] {
    if (flying.size > 0 || stepping !== null || sittingOut.size === 0) return [];
    return nextFree((one) => busy.has(one)) === null ? [] : giveUp();
  }
  function giveUp(): readonly FlightAction[] {
    if (stepping !== null) return [];
    stepping = [];
    lostInRow = 0;
    return [{ kind: 'step', reports: stepping }];
  }
  /** The next step, if there are reports for it; what has grown too old is refused first. */
  function take(): readonly FlightAction[] {
    if (stepping !== null) return [];
    const aged = waiting.map((flight): StaleFlight => ({ ...flight, staleness: version - flight.version }));
    const refused = aged.filter(({ staleness }) => staleness > maxStaleness);
    for (const { client } of refused) busy.delete(client);
    const fresh = aged.filter(({ staleness }) => staleness <= maxStaleness);
    const refusals = refused.map((flight): FlightAction => ({ kind: 'refuse', flight }));
    const isFull = fresh.length >= buffer;
    stepping = isFull ? fresh.slice(0, buffer) : null;
    const taken = new Set([...refused, ...(stepping ?? [])].map(({ number }) => number));
    waiting = waiting.filter(({ number }) => !taken.has(number));
    return stepping === null ? refusals : [...refusals, { kind: 'step', reports: stepping }];
  }
  function over(counts: boolean): readonly FlightAction[] {
    if (stepping === null) return [];
    for (const { client } of stepping) busy.delete(client);
    stepping = null;
    sittingOut.clear();
    version += counts ? 1 : 0;
    attempt = counts ? 1 : attempt + 1;
    return take();
  }

  return {
    get version() {
      return version;
    },
    get attempt() {
      return attempt;
    },
    get inFlight() {
      return [...flying.values()];
    },
    get buffered() {
      return waiting;
    },
    handle(event) {
      switch (event.kind) {
        case 'arrived': {
          const flight = flying.get(event.flight);
          if (flight === undefined) return [];
          flying.delete(event.flight);
          waiting.push(flight);
          lostInRow = 0;
          return take();
        }
        case 'lost': {
          const flight = flying.get(event.flight);
          if (flight === undefined) return [];
          flying.delete(event.flight);
          busy.delete(flight.client);
          sittingOut.add(flight.client);
          lostInRow++;
          return lostInRow >= mostLost ? giveUp() : [];
        }
        case 'joined':
          sittingOut.delete(event.client);
          return [];
        case 'committed':
          return over(true);
        case 'failed':
          return over(false);
        case 'fill':
          return fill();
        default:
          event satisfies never;
          return [];
      }
    },
  };
}
