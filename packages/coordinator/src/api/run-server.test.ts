// A server of many runs through its HTTP interface, over real sockets, with clients that do what they are told. It is
// long because all of it needs the same server.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { tensor } from '@starling/federated-core';
import { stateHash } from '@starling/plan/safetensors';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ServerRuns, serverRuns } from '../remote/server-runs.js';
import { createServerMetrics, type ServerMetrics } from '../server/server-metrics.js';
import { scriptedClient } from '../testing/scripted-client.js';
import { joinRun, report, sumRun, sumSubmission } from '../testing/sum-submission.js';
import { operationNames, operationOf } from './operations.js';
import { createRunServer, type RunServer, type RunServerOptions } from './run-server.js';

/** What is waited for comes at once, unless the machine is busy. */
const PATIENCE = { timeout: 30_000 };

const TOKEN = 'plain-operator';
let folder = '';
let server: RunServer;
let runs: ServerRuns;
let metrics: ServerMetrics;

async function start(options: Partial<RunServerOptions> = {}): Promise<void> {
  metrics = createServerMetrics();
  const limits = { refusalMs: 1 };
  server = await createRunServer({ state: folder, operatorToken: TOKEN, metrics, limits, ...options });
  runs = serverRuns({ url: server.url, token: TOKEN });
}
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'starling-server-'));
  await start();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const at = (path: string): string => `${server.url.replace('ws', 'http')}${path}`;
/** A request by hand: its status and the code of its fault. */
async function ask(path: string, init: RequestInit = {}): Promise<readonly [number, string]> {
  const headers = { authorization: `Bearer ${TOKEN}`, ...init.headers };
  const response = await fetch(at(path), { ...init, headers });
  const { code = 'none' } = (await response.json()) as { readonly code?: string };
  return [response.status, code];
}
const statusOf = async (run: string) => (await runs.show(run)).status;
const hashOf = (...vector: number[]): string =>
  stateHash([tensor('float32', [2], Float32Array.from(vector))]);

describe('a run of a server', () => {
  test('`createRunServer` takes a run, hosts it, and gives what it comes to', async () => {
    const submitted = await runs.submitBytes(await sumSubmission({ name: 'sums', seed: 3 }), { as: 'one' });
    expect(submitted).toMatchObject({
      run: 'one',
      federation: 'sums',
      status: 'waiting',
      round: 0,
      rounds: 2,
    });
    expect(submitted).toMatchObject({ seed: 3, population: 2, minClients: 2, metrics: null, failure: null });
    await expect(runs.state('one')).rejects.toMatchObject({ code: 'no-state' });
    const clients = [await joinRun(server.url, 0, 'one'), await joinRun(server.url, 1, 'one')] as const;
    await Promise.all([report(clients[0], 1, [1, 2]), report(clients[1], 1, [3, 4])]);
    for (const client of clients) await client.next('commit');
    const between = await runs.show('one');
    expect(between).toMatchObject({
      status: 'running',
      round: 1,
      metrics: { value: [4, 6] },
      stateHash: hashOf(4, 6),
    });
    expect((await runs.clients('one')).map(({ client }) => client)).toEqual(['client-0', 'client-1']);
    await Promise.all([report(clients[0], 2, [5, 6]), report(clients[1], 2, [7, 8])]);
    for (const client of clients) {
      await client.next('commit');
      await client.next('bye');
    }
    await expect.poll(() => statusOf('one'), PATIENCE).toBe('finished');
    const state = await runs.state('one');
    expect([state.round, state.stateHash]).toEqual([2, hashOf(12, 14)]);
    expect([...state.tensors.values()].map(({ data }) => [...data])).toEqual([[12, 14]]);
    const lines = (await runs.record('one')).trim().split('\n');
    const types = lines.map((line) => (JSON.parse(line) as { readonly type: string }).type);
    expect(types).toEqual(['run', 'round', 'round', 'done']);
    expect(await runs.list()).toMatchObject([{ run: 'one', status: 'finished', round: 2 }]);
  });

  test('`createRunServer` hosts two runs, of which one that waits holds the other back in nothing', async () => {
    await runs.submitBytes(await sumSubmission(), { as: 'waits' });
    await runs.submitBytes(await sumSubmission({ seed: 1 }, 1), { as: 'works' });
    await joinRun(server.url, 0, 'waits');
    const clients = [await joinRun(server.url, 0, 'works'), await joinRun(server.url, 1, 'works')] as const;
    await Promise.all([report(clients[0], 1, [1, 2]), report(clients[1], 1, [3, 4])]);
    await expect.poll(() => statusOf('works'), PATIENCE).toBe('finished');
    expect(await runs.show('waits')).toMatchObject({ status: 'waiting', clients: 1 });
  });

  test('`createRunServer` pauses a run after the round at hand, keeps its clients, and resumes it', async () => {
    await runs.submitBytes(await sumSubmission(), { as: 'one' });
    const clients = [await joinRun(server.url, 0, 'one'), await joinRun(server.url, 1, 'one')] as const;
    await Promise.all(clients.map((client) => expect.poll(() => client.heard().length, PATIENCE).toBe(1)));
    expect(await runs.pause('one')).toMatchObject({ status: 'paused', clients: 2 });
    await Promise.all([report(clients[0], 1, [1, 2]), report(clients[1], 1, [3, 4])]);
    await expect.poll(async () => (await runs.show('one')).round, PATIENCE).toBe(1);
    for (const client of clients) await client.next('commit');
    for (let turn = 0; turn < 200; turn++) await setImmediate(); // in which a run that continues asks its clients
    expect(clients.map((client) => client.heard())).toEqual([[], []]);
    expect(await runs.resume('one')).toMatchObject({ status: 'running', clients: 2 });
    await Promise.all([report(clients[0], 2, [5, 6]), report(clients[1], 2, [7, 8])]);
    await expect.poll(() => statusOf('one'), PATIENCE).toBe('finished');
    for (const change of [runs.pause, runs.resume, runs.stop]) {
      await expect(change('one')).rejects.toMatchObject({ code: 'run-over' });
    }
  });

  test('`createRunServer` stops a run in the middle of a round, with its last commit, for good', async () => {
    await runs.submitBytes(await sumSubmission(), { as: 'one' });
    const clients = [await joinRun(server.url, 0, 'one'), await joinRun(server.url, 1, 'one')] as const;
    await Promise.all([report(clients[0], 1, [1, 2]), report(clients[1], 1, [3, 4])]);
    for (const client of clients) await client.next('commit');
    await report(clients[0], 2, [9, 9]); // half of round 2 is there
    expect(await runs.stop('one')).toMatchObject({ status: 'stopped', round: 1, stateHash: hashOf(4, 6) });
    expect(await runs.stop('one')).toMatchObject({ status: 'stopped' });
    await expect(runs.resume('one')).rejects.toThrow('got one that has been stopped');
    expect((await runs.state('one')).round).toBe(1);
    const late = await scriptedClient(server.url);
    late.send('hello', { client: 'client-1', run: 'one' });
    await late.next('bye');
  });

  test('`createRunServer` says why a run has failed, and tries it again when it is resumed', async () => {
    await runs.submitBytes(await sumSubmission({ maxAttempts: 1, backOffMs: 0, minReports: 2 }, 1), {
      as: 'one',
    });
    const clients = [await joinRun(server.url, 0, 'one'), await joinRun(server.url, 1, 'one')] as const;
    const { control } = await clients[0].next('work');
    const { run, round, attempt, phase, broadcast } = control;
    clients[0].send('failed', {
      ...{ run, round, attempt, phase, broadcast },
      code: 'work-failed',
      reason: 'no',
    });
    await report(clients[1], 1, [3, 4]);
    await expect.poll(() => statusOf('one'), PATIENCE).toBe('failed');
    expect(await runs.show('one')).toMatchObject({ failure: { code: 'too-few-reports' }, failedAttempts: 1 });
    await runs.resume('one');
    expect((await runs.show('one')).failure).toBeNull();
    await runs.stop('one');
  });
});

describe('submissions to a server', () => {
  test('`createRunServer` takes the same once, and no other under its name', async () => {
    const bytes = await sumSubmission();
    const first = await runs.submitBytes(bytes, { paused: true });
    expect(first).toMatchObject({ status: 'paused', run: expect.stringMatching(/^[0-9a-f]{16}$/) });
    expect((await runs.submitBytes(bytes)).run).toBe(first.run);
    const [one, other] = await Promise.all([
      runs.submitBytes(bytes, { as: 'again' }),
      runs.submitBytes(bytes, { as: 'again' }),
    ]);
    expect([one.run, other.run]).toEqual(['again', 'again']);
    const different = sumSubmission({ seed: 9 });
    await expect(runs.submitBytes(await different, { as: 'again' })).rejects.toMatchObject({
      code: 'run-exists',
    });
    expect(await runs.list()).toHaveLength(2);
  });

  test('`createRunServer` takes what `submit` makes of a federation', async () => {
    const { run } = await runs.submit({ run: sumRun(), seed: 7, hosting: { minClients: 1 }, as: 'one' });
    expect(await runs.show(run)).toMatchObject({ run: 'one', seed: 7, minClients: 1 });
  });

  test.each<[string, () => Promise<Uint8Array> | Uint8Array, string]>([
    ['bytes that are none', () => Uint8Array.of(1, 2, 3), 'bad-submission'],
    ['nothing', () => new Uint8Array(), 'bad-submission'],
    ['more clients than there are', () => sumSubmission({ hosting: { minClients: 3 } }), 'bad-submission'],
    ['an option that is unknown', () => sumSubmission({ hosting: { port: 80 } }), 'bad-submission'],
    ['half of one', async () => (await sumSubmission()).slice(0, 900), 'bad-submission'],
  ])('`createRunServer` refuses %s', async (_, bytes, code) => {
    await expect(runs.submitBytes(await bytes())).rejects.toMatchObject({ code });
    expect(await runs.list()).toEqual([]);
  });

  test('`createRunServer` refuses more runs than it may have open', async () => {
    await server.close();
    await start({ maxRuns: 1 });
    await runs.submitBytes(await sumSubmission(), { as: 'one' });
    const more = runs.submitBytes(await sumSubmission(), { as: 'two' });
    await expect(more).rejects.toMatchObject({ code: 'too-many-runs' });
    await runs.stop('one');
    expect(await runs.submitBytes(await sumSubmission(), { as: 'two' })).toMatchObject({ run: 'two' });
  });
});

describe('the HTTP interface', () => {
  test.each<[string, Record<string, string>]>([
    ['no token', { authorization: '' }],
    ['a wrong one', { authorization: 'Bearer clients' }],
    ['one of another kind', { authorization: `Basic ${btoa('a:b')}` }],
  ])('`createRunServer` refuses a request with %s, whatever it asks', async (_, headers) => {
    for (const [path, method] of [
      ['/v1/runs', 'GET'],
      ['/v1/runs', 'POST'],
      ['/v1/nothing', 'GET'],
    ] as const) {
      const response = await fetch(at(path), { method, headers, ...(method === 'POST' && { body: 'x' }) });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    }
    expect(metrics.get('starling_refused_total', { reason: 'unauthorized' })).toBe(3);
  });

  test('`createRunServer` says what is wrong with a request', async () => {
    await server.close();
    await start({ operatorToken: 'plain', maxSubmissionBytes: 1000 });
    const headers = { authorization: 'Bearer plain' };
    expect(await ask('/v1/runs/none', { headers })).toEqual([404, 'unknown-run']);
    expect(await ask('/v1/runs/%E0%A4%A', { headers })).toEqual([404, 'unknown-run']);
    expect(await ask('/v1/runs/none/state', { headers })).toEqual([404, 'unknown-run']);
    expect(await ask('/v1/runs/none/pause', { headers, method: 'POST' })).toEqual([404, 'unknown-run']);
    expect(await ask('/v1/nothing', { headers })).toEqual([404, 'not-found']);
    expect(await ask('/v1/runs', { headers, method: 'DELETE' })).toEqual([405, 'wrong-method']);
    expect(await ask('/v1/runs/none/stop', { headers })).toEqual([405, 'wrong-method']);
    const post = { headers, method: 'POST', body: new Uint8Array(10) } as const;
    expect(await ask('/v1/runs?name=a%20b', post)).toEqual([400, 'bad-request']);
    expect(await ask('/v1/runs?code=1', post)).toEqual([400, 'bad-request']);
    expect(await ask('/v1/runs', { ...post, body: new Uint8Array(1001) })).toEqual([413, 'too-big']);
    expect((await fetch(at('/v2/runs'), { headers })).status).toBe(404);
  });

  test('`createRunServer` reads no more of a body than it takes, also of one that does not say how long it is', async () => {
    await server.close();
    await start({ operatorToken: 'plain', maxSubmissionBytes: 1000 });
    const socket = connect(server.port, '127.0.0.1');
    let heard = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      heard += text;
    });
    socket.on('error', () => {}); // the server cuts it
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const head = 'POST /v1/runs HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer plain\r\n';
    socket.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    socket.write(`${(2000).toString(16)}\r\n${'x'.repeat(2000)}\r\n`); // and never the end
    await closed;
    expect(heard).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"too-big"/);
  });

  test.each(['//', 'http://[', '/v1/runs/..%2f..%2f/state', '/v1//'])(
    '`createRunServer` answers a request for %s, and serves on',
    async (target) => {
      const socket = connect(server.port, '127.0.0.1');
      let heard = '';
      socket.setEncoding('utf8').on('data', (text: string) => {
        heard += text;
      });
      const closed = new Promise((resolve) => socket.on('close', resolve));
      socket.write(`GET ${target} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
      await closed;
      expect(heard).toMatch(/^HTTP\/1\.1 404 /);
      expect(await runs.list()).toEqual([]);
    },
  );

  test('`createRunServer` is described by its OpenAPI page, which anyone may read', async () => {
    const page = (await (await fetch(at('/openapi.json'))).json()) as {
      readonly openapi: string;
      readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly operationId: string }>>>>;
    };
    expect(page.openapi).toBe('3.1.0');
    const told = Object.entries(page.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${operationId} ${method} ${path}`),
    );
    const known = operationNames.map((name) => {
      const { method, path } = operationOf(name);
      return `${name} ${method.toLowerCase()} ${path}`;
    });
    expect(told.sort()).toEqual(known.sort());
    // Whatever it refers to is in it.
    const references = [...JSON.stringify(page).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
    const found = references.map((path) =>
      path.split('/').reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>>)?.[name], page),
    );
    expect(references.length).toBeGreaterThan(0);
    expect(found).not.toContain(undefined);
  });
});

describe('a restart of a server', () => {
  test('`createRunServer` continues each run from its last round, as its operator wants it', async () => {
    for (const name of ['runs', 'paused', 'stopped']) {
      await runs.submitBytes(await sumSubmission({ seed: name.length }), { as: name });
    }
    await runs.pause('paused');
    await runs.stop('stopped');
    const before = [await joinRun(server.url, 0, 'runs'), await joinRun(server.url, 1, 'runs')] as const;
    await Promise.all([report(before[0], 1, [1, 2]), report(before[1], 1, [3, 4])]);
    for (const client of before) await client.next('commit');
    await server.close();
    await start();
    const statuses = async () =>
      Object.fromEntries((await runs.list()).map(({ run, status }) => [run, status]));
    expect(await statuses()).toEqual({ runs: 'running', paused: 'paused', stopped: 'stopped' });
    const clients = [await joinRun(server.url, 0, 'runs'), await joinRun(server.url, 1, 'runs')] as const;
    await Promise.all([report(clients[0], 2, [5, 6]), report(clients[1], 2, [7, 8])]);
    await expect.poll(() => statusOf('runs'), PATIENCE).toBe('finished');
    expect((await runs.state('runs')).stateHash).toBe(hashOf(12, 14));
    await server.close();
    await start();
    expect(await statuses()).toEqual({ runs: 'finished', paused: 'paused', stopped: 'stopped' });
    const late = await scriptedClient(server.url);
    late.send('hello', { client: 'client-0', wants: 'runs' });
    await late.next('bye');
  });

  test('`createRunServer` leaves alone what it cannot read, and takes nothing in its place', async () => {
    await runs.submitBytes(await sumSubmission(), { as: 'one' });
    await server.close();
    const control = join(folder, 'one', 'control.json');
    expect(readFileSync(control, 'utf8')).toContain('"wanted":"running"');
    writeFileSync(control, '{"wanted":"all"}');
    await start();
    expect(await runs.list()).toEqual([]);
    await expect(runs.submitBytes(await sumSubmission(), { as: 'one' })).rejects.toMatchObject({
      code: 'run-exists',
    });
    expect(readFileSync(control, 'utf8')).toBe('{"wanted":"all"}');
  });
});

describe('serverRuns', () => {
  test('`serverRuns` says who does not answer, and who is no server of runs', async () => {
    const nobody = serverRuns({ url: 'http://127.0.0.1:9', token: TOKEN });
    await expect(nobody.list()).rejects.toMatchObject({ code: 'server-unreachable' });
    const wrong = serverRuns({ url: server.url, token: 'wrong' });
    await expect(wrong.list()).rejects.toMatchObject({ code: 'unauthorized' });
    expect(() => serverRuns({ url: 'localhost', token: 'a' })).toThrow(
      'url must be a URL that begins with https://',
    );
    expect(() => serverRuns({ url: server.url, token: '' })).toThrow('token must be');
  });
});
