// One session on a server: the plan that it offers, who is joined, and where messages go. It seats connections at
// clients, keeps what a cut left of an update, and hands reports to the phase that is being gathered.
// It is long because all of this changes one small state.
import type { Population } from '@starling/population';
import { type Control, encodeMessage, type PartialBody, type WireCode, WireError } from '@starling/wire';
import { createPacing } from '../bodies/pacing.js';
import type { PlanOffer } from '../bodies/plan-offer.js';
import { createAssignments } from './assignments.js';
import type { Connection, ConnectionHandlers, Seat } from './connection.js';
import { createMembership } from './membership.js';
import type { ServerMetrics } from './server-metrics.js';
import type { AttemptAddress, Settlements } from './settlements.js';
import { type HeldBodies, NOTHING_HELD, type Task } from './task.js';
import type { TaskDesk } from './task-desk.js';

/** How long sockets may take over their goodbyes at the end. */
const CLOSE_MS = 2000;
/** Between two looks at who is still to hear the end. */
const LOOK_MS = 5;
/** What a client lacks that says so. */
const LOST: ReadonlyMap<string, 'state' | 'broadcast'> = new Map<WireCode, 'state' | 'broadcast'>([
  ['state-lost', 'state'],
  ['broadcast-lost', 'broadcast'],
]);
export const RUN_IS_OVER = 'the run is over';
/** Slices that may wait on all sockets together, bytes; further clients are asked as these leave. */
const MAX_SLICES_ON_THE_WAY = 64 * 1024 * 1024;

export interface SessionHosting {
  /** Names the run, where it is known before its first phase is. */
  readonly run?: string;
  readonly offer: PlanOffer;
  /** Its clients may join. */
  readonly population: Population;
  /** Throws a `WireError` if what a client holds does not fit the plan. */
  readonly checkDataType: (type: string) => void;
  /** Ready clients from which on the server says that it is ready. */
  readonly minClients: number;
  /** How long a name that `any` client was given stays its own after a cut, milliseconds. */
  readonly reserveMs: number;
}

/** What a session asks of the server that hosts it. */
export interface HostedSession {
  /** Clients that are joined and ready. */
  readonly ready: number;
  /** Resolves once so many clients are ready. */
  whenReady(count: number): Promise<void>;
  /** Calls `tell` with each client that is ready, and from then on with each that gets ready or goes. */
  watch(tell: (client: string, isThere: boolean) => void): void;
  /** The phase that is being gathered; null between phases. */
  assign(task: Task | null): void;
  /** What one client is asked by itself, while no phase asks it; `null` once that is over. */
  assignTo(client: string, task: Task | null): void;
  /** Sends a client its work if it is there and still owes an update. */
  ask(client: string): void;
  /** The attempt is committed, or given up: who has reported to it, or `clients` of them, hears so, now or later. */
  settled(attempt: AttemptAddress, isCommitted: boolean, clients?: readonly string[]): void;
  /** Clients that had joined and lost their socket, have not said that they leave, and are not back. */
  readonly away: readonly string[];
  /**
   * Says goodbye (`finished`) or "come back later", and closes all its sockets; so it answers who comes later, too. Of
   * a run that is `finished` it waits for those who are `away`, as the farewell says.
   */
  close(finished: boolean, farewell?: Farewell): Promise<void>;
}

/** For how long it is waited for clients that are away, milliseconds, and what ends the wait before. */
export interface Farewell {
  readonly waitMs: number;
  readonly signal?: AbortSignal;
}

/** A client that is ready, for who watches. */
export interface ReadyClient {
  readonly client: string;
  readonly address: string;
  /** For how long. */
  readonly joinedMs: number;
  /** How long ago it was asked for what it owes; `null` if it owes nothing. */
  readonly worksMs: number | null;
}

/** The session as its server sees it. */
export interface Seats extends HostedSession {
  readonly isReady: boolean;
  readonly isClosed: boolean;
  /** By name. */
  readonly clients: readonly ReadyClient[];
  /** Whether it is the session of the run of that name. */
  isOf(run: string): boolean;
  /** Seats a socket, or says goodbye to it and gives `null`. Throws a `WireError`. */
  seat(connection: Connection, hello: Control<'hello'>): Seat | null;
  /** Waits no longer for a client that has come back, and is told elsewhere that the run is over. */
  hasHeardOfTheEnd(client: string): void;
}

/** What the server does for each of its sessions. */
export interface Doorkeeping {
  readonly settlements: Settlements;
  readonly desk: TaskDesk;
  /** Called when clients have become ready, or have gone. */
  readonly changed: () => void;
  /** Sockets that have no seat, and would get none but in this session. */
  readonly unseated: () => Iterable<Connection>;
  /** Called with a client before it joins; throws a `WireError` to refuse it. */
  readonly admit: (client: string) => void;
  /** Whether the server knows each client by a token of its own, so that none needs another proof. */
  readonly knowsClients: boolean;
}

export function createSeats(
  options: SessionHosting,
  metrics: ServerMetrics,
  { settlements, desk, changed, unseated, admit, knowsClients }: Doorkeeping,
): Seats {
  const { offer, population } = options;
  const now = () => performance.now();
  const members = createMembership<Connection>({ population, now, admit });
  const connections = new Set<Connection>();
  const readyConnections = new Set<Connection>();
  const partialUpdates = new Map<string, PartialBody>();
  const heldBodies = new WeakMap<Connection, HeldBodies>();
  const readyAt = new WeakMap<Connection, number>();
  /** When each client was asked for the phase at hand. */
  const askedAt = new Map<string, number>();
  const waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();
  const pacing = createPacing(MAX_SLICES_ON_THE_WAY);
  const runs = new Set<string>();
  const away = new Set<string>();
  /** Who has come back after the end, and heard of it: its socket from before may be found cut only now. */
  const heard = new Set<string>();
  const assignments = createAssignments();
  const { taskOf } = assignments;
  /** How the session ends; null while it lasts. */
  let farewell: ((connection: Connection) => void) | null = null;

  const tally = () => {
    const count = readyConnections.size;
    changed();
    for (const waiter of waiting) {
      if (count < waiter.count) continue;
      waiting.delete(waiter);
      waiter.resolve();
    }
  };
  const watchers: ((client: string, isThere: boolean) => void)[] = [];
  /** The connection is not ready any more; nor is its client, unless it is back on another. */
  const noLongerReady = (connection: Connection): void => {
    if (!readyConnections.delete(connection)) return;
    const other = members.socketOf(connection.client);
    if (other !== null && readyConnections.has(other)) return;
    for (const tell of watchers) tell(connection.client, false);
  };
  const begin = (task: Task): void => {
    runs.add(task.run);
    settlements.begin(task);
  };
  const isOwed = (client: string): boolean => taskOf(client)?.gathering.owes(client) ?? false;

  const ask = (client: string): void => pacing.submit(client, (done) => askNow(client, done));

  /** Gives the bytes of slices that go to the client. */
  function askNow(client: string, done: () => void): number {
    const connection = members.socketOf(client);
    const asked = taskOf(client);
    if (asked === null || connection?.state !== 'ready' || !asked.gathering.owes(client)) {
      done();
      return 0;
    }
    if (connection.isBusy) {
      // It has not read what it was sent before: it is asked when it has, so that nothing piles up for it.
      connection.onIdle = () => ask(client);
      done();
      return 0;
    }
    if (!desk.take(connection, () => ask(client))) {
      done(); // it works for another run, and is asked when it is free
      return 0;
    }
    const received = partialUpdates.get(client)?.received ?? 0;
    const held = heldBodies.get(connection) ?? NOTHING_HELD;
    const { slices, work } = asked.frames(client, held, received, connection.shares);
    heldBodies.delete(connection);
    askedAt.set(client, now());
    connection.sendBody(slices, done);
    connection.sendBody(work);
    return slices.reduce((bytes, frame) => bytes + frame.length, 0);
  }

  function hasHeardOfTheEnd(client: string): void {
    away.delete(client);
    heard.add(client);
  }

  function seat(connection: Connection, hello: Control<'hello'>): Seat | null {
    away.delete(hello.client ?? '');
    if (farewell !== null) {
      hasHeardOfTheEnd(hello.client ?? '');
      farewell(connection);
      return null;
    }
    if (hello.dataType !== null) options.checkDataType(hello.dataType);
    const { client, replaced, proof } = members.join(hello.client, connection, hello.proof, knowsClients);
    away.delete(client);
    connections.add(connection);
    replaced?.fail(new WireError('replaced', `Cannot stay: this client came back as '${client}'`));
    return { client, proof, run: options.run ?? null, offer, handlers };
  }

  const handlers: ConnectionHandlers = {
    ready(connection, { partial, slices }) {
      metrics.add('starling_joins_total');
      readyConnections.add(connection);
      readyAt.set(connection, now());
      heldBodies.set(connection, { broadcast: partial, slices });
      for (const tell of watchers) tell(connection.client, true);
      tally();
      ask(connection.client);
    },
    update(connection, at, body) {
      const { client } = connection;
      partialUpdates.delete(client);
      const asked = isOwed(client);
      const { run, round, attempt, phase } = at;
      const late = { status: 'ignored', code: 'round-over', reason: 'no round is being gathered' } as const;
      const ack = assignments.reportsOf(client)?.update(client, at, body) ?? {
        run,
        round,
        attempt,
        phase,
        ...late,
      };
      if (ack.status !== 'ignored') settlements.reported(client, at, ack.status === 'accepted');
      if (!isOwed(client)) desk.release(connection);
      connection.answer(encodeMessage('ack', ack));
      return asked;
    },
    failed(connection, { code, reason, ...at }) {
      const { client } = connection;
      const from = taskOf(client);
      const asked = isOwed(client);
      const what = LOST.get(code);
      if (what !== undefined && from?.hasLost(client, at, what) === true) {
        ask(client);
        return asked;
      }
      from?.gathering.failed(client, at, code, reason);
      if (!isOwed(client)) desk.release(connection);
      return asked && from?.gathering.owes(client) === false;
    },
    resume: ({ client }, message) => {
      const partial = assignments.isAskedFor(client, message) ? partialUpdates.get(client) : undefined;
      partialUpdates.delete(client); // two sockets must never write into one buffer
      return partial ?? null;
    },
    left(connection) {
      // At once: by the time that its socket is closed, another one may have taken the name.
      members.part(connection.client, connection, 0);
      noLongerReady(connection);
      desk.release(connection);
      const from = taskOf(connection.client);
      from?.gathering.failed(connection.client, null, 'left', 'the client said that it will not be back');
      tally();
    },
    closed(connection, { comesBack, unfinished }) {
      const { client } = connection;
      connections.delete(connection);
      noLongerReady(connection);
      desk.release(connection);
      if (comesBack && members.socketOf(client) === connection && !heard.has(client)) away.add(client);
      members.part(client, connection, options.reserveMs);
      const partial = unfinished.find(({ message }) => assignments.isAskedFor(client, message));
      if (partial !== undefined && members.socketOf(client) === null) partialUpdates.set(client, partial);
      tally();
    },
  };

  return {
    seat,
    hasHeardOfTheEnd,
    isOf: (run) => options.run === run || runs.has(run),
    watch(tell) {
      watchers.push(tell);
      for (const { client } of readyConnections) tell(client, true);
    },
    get ready() {
      return readyConnections.size;
    },
    get clients() {
      const time = now();
      const since = (at: number | undefined): number => Math.round(time - (at ?? time));
      return [...readyConnections]
        .map((connection): ReadyClient => {
          const { client, address } = connection;
          const worksMs = isOwed(client) && askedAt.has(client) ? since(askedAt.get(client)) : null;
          return { client, address, joinedMs: since(readyAt.get(connection)), worksMs };
        })
        .sort((one, other) => (one.client < other.client ? -1 : 1));
    },
    get isReady() {
      return readyConnections.size >= options.minClients;
    },
    get isClosed() {
      return farewell !== null;
    },
    whenReady: (count) =>
      new Promise((resolve) => {
        waiting.add({ count, resolve });
        tally();
      }),
    assign(task) {
      assignments.assign(task);
      askedAt.clear();
      for (const connection of connections) desk.release(connection);
      if (task !== null) begin(task);
      partialUpdates.clear();
      pacing.clear();
    },
    assignTo(client, task) {
      assignments.assignTo(client, task);
      const connection = members.socketOf(client);
      if (connection !== null) desk.release(connection);
      if (task === null) return;
      begin(task);
      partialUpdates.delete(client);
    },
    ask,
    settled(attempt, isCommitted, clients) {
      for (const [client, commit] of settlements.settle(attempt, isCommitted, clients)) {
        members.socketOf(client)?.answer(encodeMessage('commit', commit));
      }
    },
    get away() {
      return [...away];
    },
    async close(finished, { waitMs, signal } = { waitMs: CLOSE_MS }) {
      if (finished) for (const run of runs) settlements.finish(run);
      const began = now();
      farewell = (connection) => {
        // One that is slow to close has heard it; one whose cut was not noticed yet is away, and has as long.
        if (finished) connection.bye(RUN_IS_OVER, Math.max(CLOSE_MS, began + waitMs - now()));
        else
          connection.fail(new WireError('shutting-down', 'Cannot continue: the coordinator is going down'));
      };
      const all = (): readonly Connection[] => [...connections, ...unseated()];
      for (const connection of all()) farewell(connection);
      const isAwaited = (): boolean =>
        finished && away.size > 0 && now() < began + waitMs && signal?.aborted !== true;
      // Who has come back late, and hears it just now, has its time as well: such a socket ends by itself.
      const isClosing = (): boolean =>
        all().some(({ state }) => state === 'ended' || now() < began + CLOSE_MS);
      while (isAwaited() || isClosing()) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      for (const connection of all()) connection.terminate();
    },
  };
}
