import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spokenVersions, WireError } from '@starling/wire';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { offerPlan } from '../bodies/plan-offer.js';
import { createStreamIds } from '../bodies/shared-body.js';
import { scriptedClient } from '../testing/scripted-client.js';
import { namesOnly, sumPlan } from '../testing/sum-plan.js';
import { issueClientToken, revokeClientTokens } from './client-tokens.js';
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
  server = null;
});
const listen = async (): Promise<CoordinatorServer> => {
  const logger = pino({ level: 'silent' });
  server = await createCoordinatorServer({
    limits: { connections: 10 },
    logger,
    metrics: createServerMetrics(),
  });
  return server;
};

test('`createCoordinatorServer` turns a client away when there is no session yet', async () => {
  const { url } = await listen();
  const socket = new WebSocket(url);
  const code = await new Promise((resolve) => socket.on('close', resolve));
  expect(code).toBe(new WireError('shutting-down', '').closeCode);
});

test('`createCoordinatorServer` hosts a session after another', async () => {
  const { url, host } = await listen();
  await host(session).close(true);
  const second = host(session);
  const client = await scriptedClient(url);
  client.send('hello', { client: 'client-0' });
  expect((await client.next('welcome')).control).toMatchObject({ client: 'client-0' });
  await second.close(false);
});

describe('client tokens', () => {
  let folder = '';
  let path = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'starling-server-'));
    path = join(folder, 'tokens');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function greet(url: string, hello: { client: string | null; token?: string }) {
    const client = await scriptedClient(url);
    client.send('hello', { ...hello, versions: spokenVersions });
    return client;
  }
  const listenWithTokens = async () => {
    server = await createCoordinatorServer({ clientTokens: path });
    return { url: server.url, hosted: server.host(session) };
  };

  test('`createCoordinatorServer` takes each client by its own token, whether or not it says its name', async () => {
    const [zero, one] = ['client-0', 'client-1'].map((client) => issueClientToken(path, client));
    const { url, hosted } = await listenWithTokens();
    const named = await greet(url, { client: 'client-0', token: zero! });
    expect((await named.next('welcome')).control).toMatchObject({ client: 'client-0' });
    const unnamed = await greet(url, { client: null, token: one! });
    expect((await unnamed.next('welcome')).control).toMatchObject({ client: 'client-1' });
    for (const hello of [
      { client: 'client-0', token: one! },
      { client: null, token: 'x' },
      { client: 'client-1' },
    ]) {
      const stranger = await greet(url, hello);
      expect((await stranger.next('error')).control).toMatchObject({ code: 'unauthorized' });
    }
    await hosted.close(true);
  });

  test('`createCoordinatorServer` lets the newest socket of a client stay, which its token proves', async () => {
    const token = issueClientToken(path, 'client-0');
    const { url, hosted } = await listenWithTokens();
    const old = await greet(url, { client: 'client-0', token });
    await old.next('welcome');
    const young = await greet(url, { client: 'client-0', token });
    await young.next('welcome');
    expect((await old.next('error')).control).toMatchObject({ code: 'replaced' });
    await hosted.close(true);
  });

  test('`createCoordinatorServer` lets go whose token is revoked, and keeps the others', async () => {
    const [zero, one] = ['client-0', 'client-1'].map((client) => issueClientToken(path, client));
    const { url, hosted } = await listenWithTokens();
    const gone = await greet(url, { client: null, token: zero! });
    const other = await greet(url, { client: null, token: one! });
    await Promise.all([gone.next('welcome'), other.next('welcome')]);
    revokeClientTokens(path, 'client-0');
    expect((await gone.next('error')).control).toMatchObject({ code: 'unauthorized' });
    expect(other.socket.readyState).toBe(other.socket.OPEN);
    await hosted.close(true);
  });

  test('`createCoordinatorServer` refuses one token for all and one for each at once', async () => {
    writeFileSync(path, '');
    await expect(createCoordinatorServer({ token: 'a', clientTokens: path })).rejects.toThrow('got both');
  });
});
