// Attacks on a coordinator, at a size that fits a test (`npm run attack-server` has the whole): an honest run goes on
// meanwhile, the attackers are let go in time, and each refusal is counted under its reason.
import { connect } from 'node:net';
import { availableParallelism, loadavg } from 'node:os';
import { startClients } from '@starling/client';
import { createOnnxEngine, type Engine } from '@starling/compute';
import {
  type CoordinatorOptions,
  type CoordinatorServer,
  createCoordinatorServer,
  createServerMetrics,
  runCoordinator,
} from '@starling/coordinator';
import { encodeMessage, spokenVersions } from '@starling/wire';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type AttackName, attacks, startAttack } from '../attack/attacks.js';
import { hear, openRaw, openWebSocket, rawFrame, targetOf, upgradeRequest } from '../attack/raw-socket.js';
import { driftingThreshold, sensors } from '../support/drifting-threshold.js';

const HONEST = 4;
const PLACES = 400;
const SOCKETS = 40;
const STRANGER_MS = 500;
const ATTACK_MS = 4000;
/** For closing, on a machine that is busy with the attack, and perhaps with more. */
const SLACK_MS = 3000 * Math.max(1, loadavg()[0]! / availableParallelism());

let engine: Engine;
beforeAll(async () => {
  engine = await createOnnxEngine();
});
afterAll(() => engine.dispose());

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const hello = (control: object) =>
  rawFrame(encodeMessage('hello', { client: null, versions: spokenVersions, ...control }));

type Logger = NonNullable<CoordinatorOptions['logger']>;

/** As much of a logger as a coordinator calls: each line as JSON, with its level as pino numbers it. */
function loggerTo(write: (line: string) => void): Logger {
  const at = (level: number) => (about: object | string, msg?: string) =>
    write(JSON.stringify(typeof about === 'string' ? { level, msg: about } : { level, ...about, msg }));
  const logger = { debug: at(20), info: at(30), warn: at(40), error: at(50), child: () => logger };
  return logger as unknown as Logger;
}

/** Runs until `during` has ended, and then a round more; gives the rounds. */
async function runDuring(
  options: { readonly token?: string; readonly strangerMs?: number; readonly log?: (line: string) => void },
  during: (url: string) => Promise<void>,
) {
  const metrics = createServerMetrics();
  const population = sensors(PLACES);
  const stop = new AbortController();
  const { token } = options;
  let attacked: Promise<void> | null = null;
  let isOver = false;
  const result = await runCoordinator({
    run: {
      process: driftingThreshold(),
      population,
      sampler: { name: 'honest', sample: () => [0, 1, 2, 3] },
      rounds: 1_000_000,
    },
    minClients: HONEST,
    minReports: HONEST,
    engine,
    metrics,
    signal: stop.signal,
    limits: { strangerMs: options.strangerMs ?? STRANGER_MS },
    ...(token !== undefined && { token }),
    ...(options.log !== undefined && { logger: loggerTo(options.log) }),
    async launchClients(url) {
      const clients = await startClients({
        url,
        population,
        clients: [0, 1, 2, 3],
        engine,
        ...(token !== undefined && { token }),
      });
      return { stop: () => clients.close() };
    },
    onListen({ url }) {
      attacked = pause(200)
        .then(() => during(url))
        .finally(() => {
          isOver = true;
        });
    },
    onRound() {
      if (isOver) stop.abort();
    },
  });
  await attacked;
  return { result, metrics };
}

describe('attacks', () => {
  test.each<[AttackName, string | null, string]>([
    ['silence', 'secret', 'stranger-timeout'],
    ['slow-header', 'secret', 'bad-request'],
    ['short-body', 'secret', ''],
    ['short-message', 'secret', 'frame-too-big'],
    ['fragments', 'secret', 'bad-websocket'],
    ['pings', 'secret', 'too-many-messages'],
    ['malformed', 'secret', 'frame-bad-magic'],
    ['wrong-token', 'secret', 'unauthorized'],
    ['known-name', null, 'name-taken'],
    ['unread-wants', null, 'too-many-blobs'],
    ['unread-acks', null, ''],
  ])(
    '`runCoordinator` continues its rounds, and lets attackers go, under %s',
    async (name, token, reason) => {
      let oldestMs = 0;
      let health = 0;
      let closed = 0;
      const { result, metrics } = await runDuring(token === null ? {} : { token }, async (url) => {
        const attack = startAttack(attacks[name], targetOf(url), SOCKETS);
        await pause(ATTACK_MS);
        health = (await fetch(`${url.replace('ws', 'http')}/healthz`)).status;
        closed = attack.lives.length;
        oldestMs = await attack.stop();
      });
      expect(health).toBe(200);
      expect(result.failedRounds).toBe(0);
      expect(result.failure).toBeNull();
      if (name !== 'unread-acks') {
        expect(closed).toBeGreaterThanOrEqual(SOCKETS / 2); // by the coordinator; they come back
        expect(oldestMs).toBeLessThan(STRANGER_MS + SLACK_MS);
      }
      if (reason !== '') expect(metrics.get('starling_refused_total', { reason })).toBeGreaterThan(0);
      expect(metrics.get('starling_refused_total', { reason: 'internal' })).toBe(0);
    },
  );
});

describe('a coordinator', () => {
  const listen = async (
    options: Parameters<typeof createCoordinatorServer>[0],
    check: (server: CoordinatorServer) => Promise<void>,
  ) => {
    const server = await createCoordinatorServer({ metrics: createServerMetrics(), ...options });
    try {
      await check(server);
    } finally {
      await server.close();
    }
  };
  const isHealthy = async (url: string) =>
    (await fetch(`${url.replace('ws', 'http')}/healthz`, { signal: AbortSignal.timeout(5000) })).ok;

  test('answers `/healthz` though more silent sockets are open than it takes', async () => {
    await listen({ limits: { connections: 50 } }, async ({ url, metrics }) => {
      const silent = await Promise.all(Array.from({ length: 60 }, () => openRaw(targetOf(url))));
      for (let count = 0; count < 20; count++) expect(await isHealthy(url)).toBe(true);
      expect(metrics.get('starling_refused_total', { reason: 'no-room' })).toBeGreaterThanOrEqual(10);
      for (const { socket } of silent) socket.destroy();
    });
  });

  test('keeps a stranger of another address when one address has taken all room', async () => {
    await listen({ host: '0.0.0.0', limits: { connections: 20 } }, async ({ url, port }) => {
      // All of 127.0.0.0/8 is this machine, so that there is another address to come from.
      const other = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.9' });
      other.on('error', () => {});
      let isClosed = false;
      other.on('close', () => {
        isClosed = true;
      });
      await new Promise((resolve) => other.once('connect', resolve));
      const silent = await Promise.all(Array.from({ length: 60 }, () => openRaw(targetOf(url))));
      await expect
        .poll(() => silent.filter(({ closedMs }) => closedMs !== null).length)
        .toBeGreaterThanOrEqual(40);
      expect(isClosed).toBe(false);
      for (const { socket } of [...silent, { socket: other }]) socket.destroy();
    });
  });

  test('takes no more connections of an address than it is told', async () => {
    await listen({ limits: { connectionsPerAddress: 5 } }, async ({ url, metrics }) => {
      const sockets = await Promise.all(Array.from({ length: 8 }, () => openRaw(targetOf(url))));
      await expect.poll(() => sockets.filter(({ closedMs }) => closedMs !== null).length).toBe(3);
      expect(metrics.get('starling_refused_total', { reason: 'too-many-connections' })).toBe(3);
      for (const { socket } of sockets) socket.destroy();
    });
  });

  test('answers at its port for watching, whatever happens at the other', async () => {
    await listen({ watchPort: 0, limits: { connections: 1 } }, async ({ watchPort, metrics }) => {
      metrics.add('starling_joins_total');
      const page = await fetch(`http://127.0.0.1:${watchPort}/metrics`);
      expect(await page.text()).toContain('\nstarling_joins_total 1\n');
      expect((await fetch(`http://127.0.0.1:${watchPort}/readyz`)).status).toBe(503);
    });
  });

  test('lets a page of a browser join where its origin is allowed, and no other', async () => {
    const answerTo = async (url: string, origin: string): Promise<string> => {
      const raw = await openRaw(targetOf(url));
      const answer = new Promise<string>((resolve) =>
        raw.socket.once('data', (data) => resolve(data.toString().split('\r\n', 1)[0]!)),
      );
      raw.socket.write(upgradeRequest(targetOf(url), [`Origin: ${origin}`]));
      const line = await answer;
      raw.socket.destroy();
      return line;
    };
    await listen({ allowOrigins: ['https://lab.example'] }, async ({ url, metrics }) => {
      expect(await answerTo(url, 'https://evil.example')).toBe('HTTP/1.1 403 Forbidden');
      expect(await answerTo(url, 'https://lab.example')).toBe('HTTP/1.1 101 Switching Protocols');
      expect(metrics.get('starling_refused_total', { reason: 'foreign-origin' })).toBe(1);
    });
  });

  test('names the addresses of wrong tokens in a log that stays short, and answers them ever more slowly', async () => {
    const lines: string[] = [];
    const waits: number[] = [];
    await runDuring({ token: 'secret', strangerMs: 60_000, log: (line) => lines.push(line) }, async (url) => {
      for (let count = 0; count < 6; count++) {
        const raw = await openWebSocket(targetOf(url));
        const began = performance.now();
        const error = hear(raw, 'error');
        raw.socket.write(hello({ client: 'client-0', token: `wrong ${count}` }));
        expect((await error)?.control).toMatchObject({ code: 'unauthorized' });
        waits.push(performance.now() - began);
        raw.socket.destroy();
      }
      const many = startAttack(attacks['wrong-token'], targetOf(url), 30);
      await pause(1500);
      await many.stop();
    });
    // Three at once, then 100, 200 and 400 ms; timers may ring a millisecond early.
    expect(waits.slice(3).map((ms, index) => ms >= 99 * 2 ** index)).toEqual([true, true, true]);
    const refusals = lines.filter((line) => line.includes('unauthorized'));
    expect(refusals.length).toBeLessThanOrEqual(11); // ten, and one for all others
    expect(JSON.parse(refusals[0]!)).toMatchObject({ level: 40, address: '127.0.0.1', code: 'unauthorized' });
    expect(JSON.parse(refusals.at(-1)!).addresses['127.0.0.1']).toBeGreaterThan(0);
    expect(lines.join('\n')).not.toContain('wrong 0');
  });

  test('keeps a client that others call themselves by', async () => {
    const { result, metrics } = await runDuring({ strangerMs: 60_000 }, async (url) => {
      for (let count = 0; count < 20; count++) {
        const raw = await openWebSocket(targetOf(url));
        const error = hear(raw, 'error');
        raw.socket.write(hello({ client: `client-${count % HONEST}`, proof: 'f'.repeat(32) }));
        expect((await error)?.control).toMatchObject({ code: 'name-taken' });
        raw.socket.destroy();
      }
    });
    expect(result.failedRounds).toBe(0);
    expect(metrics.get('starling_refused_total', { reason: 'name-taken' })).toBe(20);
    expect(metrics.get('starling_refused_total', { reason: 'replaced' })).toBe(0);
  });

  test('answers at once after 1,000 handshakes that are forged, and counts each', async () => {
    let url = '';
    const { metrics } = await runDuring({ token: 'secret', strangerMs: 60_000 }, async (at) => {
      url = at;
      for (let count = 0; count < 20; count++) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, index) => {
            const socket = new WebSocket(url, { perMessageDeflate: false });
            socket.on('error', () => {});
            await new Promise((resolve) => socket.once('open', resolve));
            socket.send(
              index % 2 === 0 ? new Uint8Array(40) : encodeMessage('ready', { plan: 'f'.repeat(64) }),
            );
            await new Promise((resolve) => socket.once('close', resolve));
          }),
        );
      }
    });
    expect(metrics.get('starling_refused_total', { reason: 'frame-bad-magic' })).toBe(500);
    expect(metrics.get('starling_refused_total', { reason: 'unexpected-message' })).toBe(500);
  });
});
