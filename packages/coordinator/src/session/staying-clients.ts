// Clients that stay from one run to the next, such as over all questions of a pipeline: one server hosts the session of
// each run, and a run that ends leaves its clients joined until the next one has another plan for them. Only the last
// goodbye says that all is over.
import { checkNumber, optionError } from '@starling/federated-core/plan';
import type { Runtime, RuntimeSession } from '@starling/runtime';
import { createCoordinatorServer } from '../server/coordinator-server.js';
import { SERVER_OPTIONS } from '../server/listening-options.js';
import { checkSession } from './check-session.js';
import { openSession } from './session.js';
import type { LaunchedClients, WebSocketRuntimeOptions } from './session-options.js';

/** `minClients` are waited for before the first run alone. */
export interface StayingClientsOptions extends Omit<WebSocketRuntimeOptions, 'server' | 'onListen'> {
  /** Clients of the population, for the default of the limit `connections`: two for each, and 1,000. */
  readonly clients: number;
}

export interface StayingClients {
  /** Where clients join. */
  readonly url: string;
  readonly port: number;
  /** For one run after the other: a session that is opened waits until the one before is closed. */
  readonly runtime: Runtime;
  /** Tells the clients that all is over, or to come back later, stops those it launched, and stops listening. */
  close(isOver: boolean): Promise<void>;
}

/** Connections that are allowed on top of two a client. */
const SPARE_CONNECTIONS = 1000;

/**
 * Listens at once; clients that `launchClients` starts are started with the first session, and stopped by `close`.
 * Throws a `StarlingError` (`cannot-listen`) if the port is not to be had.
 */
export async function stayingClients(options: StayingClientsOptions): Promise<StayingClients> {
  const { clients, launchClients, ...session } = options;
  checkNumber('Cannot host clients', 'clients', clients, { whole: true, from: 1 });
  if ('server' in options)
    throw optionError('Cannot host clients: need no server, got one; it makes its own');
  checkSession(session);
  const listening = Object.fromEntries(
    SERVER_OPTIONS.filter((name) => session[name] !== undefined).map((name) => [name, session[name]]),
  );
  const own = Object.fromEntries(
    Object.entries(session).filter(([name]) => !(SERVER_OPTIONS as readonly string[]).includes(name)),
  );
  const { logger, metrics } = session;
  const server = await createCoordinatorServer({
    ...listening,
    limits: { connections: 2 * clients + SPARE_CONNECTIONS, ...session.limits },
    ...(logger !== undefined && { logger }),
    ...(metrics !== undefined && { metrics }),
  });
  let open: RuntimeSession | null = null;
  let launched: LaunchedClients | null = null;
  /** Whether a run was begun: clients are there or come back then, and the deadline of a phase is for the others. */
  let hasBegun = false;
  /** Resolves once the session before is not used any more. */
  let free = Promise.resolve();

  const launchOnce = async (url: string): Promise<LaunchedClients> => {
    launched = (await launchClients?.(url)) ?? null;
    return { stop: async () => {} };
  };
  const runtime: Runtime = {
    name: 'websocket',
    takesFaults: true,
    async open(plan, population) {
      const before = free;
      let release = (): void => {};
      free = new Promise((resolve) => {
        release = resolve;
      });
      await before;
      try {
        await open?.close(false);
        open = null;
        const isFirst = launched === null && launchClients !== undefined;
        const current = await openSession(plan, population, {
          ...own,
          server,
          ...(hasBegun && { minClients: 0 }),
          ...(isFirst && { launchClients: launchOnce }),
        });
        open = current;
        hasBegun = true;
        return { ...current, close: async () => release() };
      } catch (error) {
        release();
        throw error;
      }
    },
  };
  return {
    url: server.url,
    port: server.port,
    runtime,
    async close(isOver) {
      await free;
      await open?.close(isOver);
      open = null;
      await launched?.stop();
      await server.close();
    },
  };
}
