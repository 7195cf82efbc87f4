// The steps of an asynchronous run whose clients are elsewhere: reports come when they come, and who is asked is drawn
// from those that are there. What has come to pass is kept with each round that counts, so that it can be gone through
// again; after a crash the clients that were at work when the last round was committed are asked for the same again.
import type { Seed } from '@starling/federated-core';
import { warnOnce } from '@starling/federated-core/plan';
import type { Population } from '@starling/population';
import {
  type AsynchronousSettings,
  amongPresent,
  createFlights,
  type Flight,
  type FlightAction,
  type Flights,
  type StaleFlight,
} from '@starling/rounds';
import type { AttemptId } from '@starling/store';
import type { RuntimeSession, WorkOutcome } from '../runtime/runtime.js';
import type { FlightNote, Step, Steps } from './steps.js';

export interface ArrivalStepsOptions {
  readonly settings: AsynchronousSettings;
  readonly population: Pick<Population, 'size' | 'clientId'>;
  readonly seed: Seed;
  /** Rounds that count, and attempts at the next one that have failed. */
  readonly start: { readonly round: number; readonly failed: number };
  /** Who was at work when that round was committed. */
  readonly inFlight: readonly FlightNote[];
}

/** Until it is said that nothing can come: clients that start together do not join at one moment. */
export const STARVED_AFTER_MS = 10_000;

export class ArrivalSteps implements Steps {
  private readonly flights: Flights;
  private readonly present = new Set<number>();
  /** Of reports that wait for their step, by flight. */
  private readonly arrived = new Map<number, WorkOutcome>();
  /** Of the latest rounds that count: the versions that were in use then. */
  private readonly inUse: (readonly number[])[] = [];
  private lost = new Map<number, WorkOutcome['report']>();
  private refused: StaleFlight[] = [];
  private due: Step | null = null;
  private begunAt = performance.now();
  private work: ((flight: Flight) => Promise<WorkOutcome>) | null = null;
  private tell: () => void = () => {};
  /** Runs while all that are there have reports that wait. */
  private starved: NodeJS.Timeout | null = null;
  private isOver = false;
  /** Of the session: it ends the run with the next round. */
  private failure: { readonly error: unknown } | null = null;

  constructor(private readonly options: ArrivalStepsOptions) {
    const { settings, population, seed, start, inFlight } = options;
    const indices = new Map<string, number>();
    for (let index = 0; index < population.size; index++) indices.set(population.clientId(index), index);
    this.flights = createFlights({
      settings,
      next: amongPresent(this.present, seed, start.round),
      start: {
        version: start.round,
        attempt: start.failed + 1,
        inFlight: inFlight.flatMap(({ client, version, attempt }, at) => {
          const index = indices.get(client);
          return index === undefined ? [] : [{ number: at + 1, client: index, version, attempt }];
        }),
      },
    });
  }

  /** Asks whom there is to ask, from now on; `tell` is called once a step is due. */
  begin(session: RuntimeSession, work: (flight: Flight) => Promise<WorkOutcome>, tell: () => void): void {
    this.work = work;
    this.tell = tell;
    for (const flight of this.flights.inFlight) this.ask(flight);
    session.present!((client, isThere) => {
      if (isThere) this.present.add(client);
      else this.present.delete(client);
      if (isThere) this.flights.handle({ kind: 'joined', client });
      this.fill();
    });
  }

  at({ round, attempt }: AttemptId): Step | null {
    if (this.failure !== null) throw this.failure.error;
    const isNext = this.flights.version === round - 1 && this.flights.attempt === attempt;
    return isNext ? this.due : null;
  }

  settled(counts: boolean): void {
    for (const { number } of this.due?.reports ?? []) this.arrived.delete(number);
    this.due = null;
    if (counts) this.begunAt = performance.now();
    this.act(this.flights.handle({ kind: counts ? 'committed' : 'failed' }));
    this.fill();
  }

  /** Nothing is known of what comes. */
  ahead(): null {
    return null;
  }

  outcomeOf(number: number): Promise<WorkOutcome> | null {
    const outcome = this.arrived.get(number);
    return outcome === undefined ? null : Promise.resolve(outcome);
  }

  versionsInUse(steps: number): readonly number[] {
    const { inFlight, buffered } = this.flights;
    this.inUse.push([...inFlight, ...buffered].map(({ version }) => version).filter((round) => round > 0));
    this.inUse.splice(0, this.inUse.length - steps);
    return [...new Set(this.inUse.flat())].sort((one, other) => one - other);
  }

  get inFlight(): readonly FlightNote[] {
    const waiting = [...this.flights.inFlight, ...this.flights.buffered];
    return waiting.map(({ client, version, attempt }) => ({
      client: this.options.population.clientId(client),
      version,
      attempt,
    }));
  }

  close(): void {
    this.isOver = true;
    this.watchStarving();
  }

  private fill(): void {
    this.act(this.flights.handle({ kind: 'fill' }));
    this.watchStarving();
  }

  private watchStarving(): void {
    const { inFlight, buffered } = this.flights;
    const isStarved = !this.isOver && this.due === null && inFlight.length === 0 && buffered.length > 0;
    if (isStarved) {
      this.starved ??= setTimeout(() => this.warnOfStarving(), STARVED_AFTER_MS).unref();
    } else if (this.starved !== null) {
      clearTimeout(this.starved);
      this.starved = null;
    }
  }

  private warnOfStarving(): void {
    const { settings } = this.options;
    const there = `${this.present.size} client${this.present.size === 1 ? ' is' : 's are'} there`;
    warnOnce(
      `No round can be made for now: need ${settings.buffer} reports (buffer), got ${this.flights.buffered.length}, and ${there}, none of which can be asked before that round. More clients must join`,
    );
  }

  private ask(flight: Flight): void {
    this.work!(flight).then(
      (outcome) => this.onOutcome(flight, outcome),
      (error) => {
        this.failure ??= { error };
        this.tell();
      },
    );
  }

  private onOutcome({ number, client }: Flight, outcome: WorkOutcome): void {
    if (outcome.update === null) {
      this.lost.set(client, outcome.report);
      this.act(this.flights.handle({ kind: 'lost', flight: number }));
    } else {
      this.arrived.set(number, outcome);
      this.act(this.flights.handle({ kind: 'arrived', flight: number }));
    }
    this.fill();
  }

  private act(actions: readonly FlightAction[]): void {
    for (const action of actions) {
      switch (action.kind) {
        case 'ask':
          this.ask(action.flight);
          break;
        case 'refuse':
          this.arrived.delete(action.flight.number);
          this.refused.push(action.flight);
          break;
        case 'step':
          this.due = this.stepOf(action.reports);
          this.tell();
          break;
        default:
          action satisfies never;
      }
    }
  }

  private stepOf(reports: readonly StaleFlight[]): Step {
    const counted = new Set(reports.map(({ client }) => client));
    const lost = [...this.lost].filter(([client]) => !counted.has(client));
    const refused = this.refused;
    this.lost = new Map();
    this.refused = [];
    return {
      reports,
      refused,
      lost: lost.map(([client, report]) => ({ client, report })),
      oldestVersion: Math.min(
        this.flights.version,
        ...[...this.flights.inFlight, ...this.flights.buffered, ...reports].map(({ version }) => version),
      ),
      tookMs: performance.now() - this.begunAt,
    };
  }
}
