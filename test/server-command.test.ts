// `starling server` and `starling runs … --server` as processes: a run is submitted, operated and fetched by commands.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSafetensors, stateHash } from '@starling/plan/safetensors';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snippetNamed } from './support/snippets.js';
import {
  doneOf,
  type Finished,
  type RunningStarling,
  runStarling,
  startStarling,
} from './support/starling.js';

const TOKEN = 'the-operator';
let folder: string;
let hot: string;
let secret: string;
let server: RunningStarling;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'starling-server-'));
  hot = join(folder, 'hot.ts');
  secret = join(folder, 'operator.secret');
  writeFileSync(hot, snippetNamed('README.md', 'hot.ts'));
  writeFileSync(secret, `${TOKEN}\n`);
  const state = join(folder, 'runs');
  server = startStarling(['server', '--state', state, '--port', '0', '--operator-token-file', secret]);
  const line = await server.line((each) => each.startsWith('listening at '));
  url = line.slice('listening at '.length);
});
afterAll(async () => {
  server.child.kill('SIGTERM');
  expect((await server.finished).code).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

/** `starling runs …` on that server. */
function runs(...parameters: readonly string[]): Promise<Finished> {
  return startStarling(['runs', ...parameters], {
    environment: { STARLING_SERVER: url, STARLING_OPERATOR_TOKEN: TOKEN },
  }).finished;
}
const jsonOf = ({ stdout }: Finished) => JSON.parse(stdout) as Readonly<Record<string, unknown>>;

describe('starling server', () => {
  test('runs what is submitted to it, to the state of a simulation', async () => {
    const alone = doneOf((await runStarling('simulate', hot, '--json', '--runtime', 'in-process')).stdout);
    const submitted = await runs(
      'submit',
      hot,
      '--as',
      'hot',
      '--min-clients',
      '4',
      '--min-reports',
      '4',
      '--paused',
    );
    expect(submitted).toMatchObject({ code: 0, stdout: 'run hot: paused, 0/1 rounds, 0 clients\n' });
    const motes = ['mote-1', 'mote-2', 'mote-3', 'mote-4'];
    const clients = motes.map((mote) =>
      startStarling(['client', hot, '--client', mote, '--url', url, '--run', 'hot']),
    );
    await expect
      .poll(async () => jsonOf(await runs('show', 'hot', '--json'))['clients'], {
        timeout: 60_000,
        interval: 200,
      })
      .toBe(4);
    expect((await runs('clients', 'hot')).stdout).toMatch(/mote-1 .*\n(.*\n)*mote-4 /);
    expect(jsonOf(await runs('show', 'hot', '--json'))).toMatchObject({ status: 'paused', round: 0 });
    expect((await runs('resume', 'hot')).code).toBe(0);
    for (const client of clients) expect((await client.finished).code).toBe(0); // they have heard that it is over
    const out = join(folder, 'hot.safetensors');
    const result = jsonOf(await runs('result', 'hot', '--out', out, '--json'));
    expect(result).toMatchObject({ status: 'finished', round: 1, stateHash: alone.stateHash, path: out });
    const { tensors } = decodeSafetensors(readFileSync(out));
    expect(stateHash([...tensors.values()])).toBe(alone.stateHash);
    expect((await runs('list')).stdout).toMatch(/^hot +hot +finished +1\/1 /m);
    // What it has kept is a run as any other.
    const kept = await runStarling('runs', 'export', join(folder, 'runs', 'hot'), '--json');
    expect(doneOf(kept.stdout).stateHash).toBe(alone.stateHash);
  });

  test('pauses, resumes and stops a run, and says so', async () => {
    expect((await runs('submit', hot, '--as', 'long', '--rounds', '9', '--min-clients', '2')).stdout).toBe(
      'run long: waiting, 0/9 rounds, 0 clients\n',
    );
    expect((await runs('pause', 'long')).stdout).toBe('run long: paused, 0/9 rounds, 0 clients\n');
    expect((await runs('resume', 'long')).stdout).toBe('run long: waiting, 0/9 rounds, 0 clients\n');
    expect((await runs('stop', 'long')).stdout).toBe('run long: stopped, 0/9 rounds, 0 clients\n');
    expect(await runs('resume', 'long')).toMatchObject({
      code: 2,
      stderr: "Cannot resume run 'long': need one that is open, got one that has been stopped\n",
    });
    expect((await runs('result', 'long')).stderr).toBe(
      "Cannot fetch the state of run 'long': no round is done\n",
    );
  });

  test('refuses what has code, unless it is left out', async () => {
    const refused = await runs('submit', 'mnist', '--set', 'clients=10', '--rounds', '1');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('need one without an evaluation, as a server runs no code of others');
    expect(refused.stderr).toContain('add --leave-out evaluation');
  });

  test.each<[readonly string[], Readonly<Record<string, string>>, number, RegExp]>([
    [['list'], { STARLING_OPERATOR_TOKEN: 'wrong' }, 2, /the operator's token is missing or wrong\n$/],
    [
      ['list'],
      {},
      2,
      /need --operator-token-file, or STARLING_OPERATOR_TOKEN in the environment, got neither\n$/,
    ],
    [['pause', 'none'], { STARLING_OPERATOR_TOKEN: TOKEN }, 2, /^Cannot find run 'none'/],
    [
      ['list', 'elsewhere'],
      {},
      2,
      /^Cannot list runs: need a directory, or a server .*, got 'elsewhere' and ws:/,
    ],
    [['stop'], { STARLING_OPERATOR_TOKEN: TOKEN }, 2, /need <run>, got nothing\n$/],
    [
      ['list', '--server', 'http://127.0.0.1:9'],
      { STARLING_OPERATOR_TOKEN: TOKEN },
      1,
      /^Cannot reach the server at http:\/\/127\.0\.0\.1:9: /,
    ],
    [['list', '--server', 'nowhere'], { STARLING_OPERATOR_TOKEN: TOKEN }, 2, /need a URL of http/],
    [
      ['submit', 'temperature', '--leave-out', 'code'],
      { STARLING_OPERATOR_TOKEN: TOKEN },
      2,
      /Cannot leave out 'code'/,
    ],
  ])('refuses `runs %s`, with %o', async (parameters, environment, code, words) => {
    const { finished } = startStarling(['runs', ...parameters], {
      environment: { STARLING_SERVER: url, ...environment },
    });
    const { code: got, stderr } = await finished;
    expect([got, words.test(stderr) ? '' : stderr]).toEqual([code, '']);
  });

  test('needs a secret and a directory to start', async () => {
    expect((await runStarling('server', '--operator-token-file', secret)).stderr).toBe(
      "Cannot run 'starling server': need --state <dir>, got nothing\n",
    );
    expect((await runStarling('server', '--state', join(folder, 'other'))).stderr).toMatch(
      /^Cannot go on without the operator’s token/,
    );
  });
});
