// docker-compose.yml and Dockerfile: the file is what Compose takes, and the commands of its services work as
// processes. No Docker engine is needed.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from './support/free-port.js';
import { isLeftOut } from './support/tools.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const composeFile = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

/** The command lists of the services in order, with the defaults of their variables. */
const commands = [...composeFile.matchAll(/^ {4}command: (\[.+\])$/gm)].map(
  ([, list]) => JSON.parse((list as string).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')) as readonly string[],
);
const entrypoint = JSON.parse(/^ENTRYPOINT (\[.+\])$/m.exec(dockerfile)?.[1] ?? '[]') as readonly string[];

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

/** A service as a process: the image's entry point, the service's command, its environment. */
function start(command: readonly string[], environment: Readonly<Record<string, string>>) {
  const [program, ...parameters] = [...entrypoint, ...command] as [string, ...string[]];
  const child = spawn(program, parameters, { cwd: root, env: { ...process.env, ...environment } });
  children.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise<{ readonly code: number | null; readonly output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
}

async function healthy(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the coordinator did not become healthy in 30 s');
}

describe('docker-compose.yml', () => {
  test('runs its coordinator and four of its clients to the end when they are plain processes', async () => {
    const [coordinatorCommand, clientCommand] = commands as [readonly string[], readonly string[]];
    expect(coordinatorCommand[0]).toBe('coordinator');
    expect(clientCommand[0]).toBe('client');
    const state = await mkdtemp(join(tmpdir(), 'starling-compose-'));
    const port = await freePort();
    const environment = { STARLING_HOST: '127.0.0.1', STARLING_STATE: state, STARLING_PORT: String(port) };
    const coordinator = start(coordinatorCommand, { ...environment, STARLING_TOKEN: 'murmuration' });
    await healthy(port);
    const clients = Array.from({ length: 4 }, () =>
      start(clientCommand, { STARLING_URL: `ws://127.0.0.1:${port}`, STARLING_TOKEN: 'murmuration' }),
    );
    const { code, output } = await coordinator;
    expect(output).toContain('4/4 clients');
    expect(code).toBe(0);
    expect((await Promise.all(clients)).map((client) => client.code)).toEqual([0, 0, 0, 0]);
    expect(await readdir(state)).toContain('round-00000001.safetensors');
    await rm(state, { recursive: true });
  }, 120_000);

  // Compose is not on every machine; where it is, it must take the file.
  const compose = [['docker', 'compose'], ['docker-compose']].find(
    ([program, ...rest]) => spawnSync(program as string, [...rest, 'version']).status === 0,
  );
  test.skipIf(isLeftOut('compose', compose !== undefined))(
    'is taken by Compose when its variables are set',
    () => {
      const [program, ...rest] = compose as [string, ...string[]];
      const { status, stdout, stderr } = spawnSync(program, [...rest, 'config'], {
        cwd: root,
        encoding: 'utf8',
        env: { ...process.env, STARLING_FEDERATION: 'mnist', STARLING_POPULATION: '10' },
      });
      expect(stderr).not.toContain('rror');
      expect(status).toBe(0);
      expect(stdout).toContain('clients=10');
    },
  );

  test('gives containers no more than they need', () => {
    expect(composeFile).toContain('read_only: true');
    expect(composeFile).toContain('cap_drop: [ALL]');
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
  });
});
