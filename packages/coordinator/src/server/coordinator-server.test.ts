import { WireError } from '@starling/wire';
import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { offerPlan } from '../bodies/plan-offer.js';
import { createStreamIds } from '../bodies/shared-body.js';
import { scriptedClient } from '../testing/scripted-client.js';
import { namesOnly, sumPlan } from '../testing/sum-plan.js';
import { type CoordinatorServer, createCoordinatorServer } from './coordinator-server.js';
import { createServerMetrics } from './server-metrics.js';

const session = {
  offer: offerPlan(sumPlan(), createStreamIds()),
  population: namesOnly(2),
  checkDataType: () => {},
  minClients: 1,
  reserveMs: 1000,
};

let server: CoordinatorServer | null = null;
afterEach(async () => {
  await server?.close();
});
const listen = async (): Promise<CoordinatorServer> => {
  const logger = pino({ level: 'silent' });
  server = await createCoordinatorServer({ maxConnections: 10, logger, metrics: createServerMetrics() });
  return server;
};

test('`createCoordinatorServer` turns a client away when there is no session yet', async () => {
  const { url } = await listen();
  const socket = new WebSocket(url);
  const code = await new Promise((resolve) => socket.on('close', resolve));
  expect(code).toBe(new WireError('shutting-down', '').closeCode);
});

test('`createCoordinatorServer` hosts one session at a time, and another after it', async () => {
  const { url, host } = await listen();
  const first = host(session);
  expect(() => host(session)).toThrow(/Cannot host a session: need a server without one/);
  await first.close(true);
  const second = host(session);
  const client = await scriptedClient(url);
  client.send('hello', { client: 'client-0' });
  expect((await client.next('welcome')).control).toMatchObject({ client: 'client-0' });
  await second.close(false);
});
