// `starling simulate --faults`, as a process: the same run on every runtime, none other without faults, a server that
// dies and is resumed, and what is said of it on the console, in the record and in the report.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { snippetNamed } from './support/snippets.js';
import { doneOf, recordOf, runStarling } from './support/starling.js';

let folder: string;
let hot: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'starling-fault-files-'));
  hot = join(folder, 'hot.ts');
  writeFileSync(hot, snippetNamed('README.md', 'hot.ts'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}
const simulate = (...more: readonly string[]) =>
  runStarling('simulate', hot, '--set', 'clients=12', '--rounds', '4', ...more);

const BAD_WEEK = `
deadlineMs: 400
dropouts: [{ probability: 0.2 }]
crashes: [{ probability: 0.1 }]
stragglers: [{ latency: { distribution: exponential, meanMs: 150 } }]
corrupt: [{ probability: 0.2, how: bits, bits: 3 }, { probability: 0.1, how: shape }]
byzantine: [{ clients: [2], how: noise, stddev: 0.25 }]
duplicates: [{ probability: 0.2 }]
`;

test('`starling simulate` ends in the same state with a file whose probabilities are 0, and another with faults', async () => {
  const never = file(
    'never.yaml',
    'dropouts: [{ probability: 0 }]\nbyzantine: [{ probability: 0, how: zero }]\ncorrupt: [{ probability: 0, how: nan }]\n',
  );
  const faults = file('week.yaml', BAD_WEEK);
  const runs = [
    [],
    ['--faults', never],
    ['--faults', never, '--workers', '3'],
    ['--faults', faults, '--runtime', 'in-process'],
    ['--faults', faults, '--workers', '2'],
    ['--faults', faults, '--runtime', 'websocket', '--workers', '2'],
  ];
  const ended = await Promise.all(runs.map((more) => simulate('--json', ...more)));
  const [without, one, three, ...faulty] = ended.map(({ stdout }) => doneOf(stdout)!.stateHash);
  expect([one, three]).toEqual([without, without]);
  expect(new Set(faulty).size).toBe(1);
  expect(faulty[0]).not.toBe(without);
  // Over sockets who is missing is told in the same words.
  const lostIn = (stdout: string) =>
    recordOf(stdout).flatMap((line) =>
      line.type === 'round' ? [[line.lost, line.faults, line.virtualMs]] : [],
    );
  expect(lostIn(ended[5]!.stdout)).toEqual(lostIn(ended[3]!.stdout));
});

test('`starling simulate` resumes a server that dies, also with --out, and keeps to its faults', async () => {
  const crash = file('crash.yaml', `${BAD_WEEK}serverCrashes: [2, 4]\n`);
  const whole = await simulate('--json', '--faults', file('whole.yaml', BAD_WEEK));
  const out = join(folder, 'out');
  const { code, stdout } = await simulate('--faults', crash, '--out', out);
  expect(code).toBe(0);
  expect(stdout).toContain(doneOf(whole.stdout)!.stateHash);
  expect(stdout.match(/^the server died \(simulated\), and is started again: ready in /gm)).toHaveLength(2);
  expect(stdout).toMatch(/^simulated faults: .*2 server crashes/ms);
  const shown = stdout.split('\n').filter((line) => /^(?: |simulated)/.test(line));
  expect(shown.filter((line) => line.length > 80)).toEqual([]);

  const record = recordOf(readFileSync(join(out, 'metrics.jsonl'), 'utf8'));
  const starts = record.flatMap((line) => (line.type === 'run' ? [line] : []));
  expect(starts.map(({ from }) => from).at(-1)).toBe(3);
  expect(starts[0]!.faults).toMatchObject({ deadlineMs: 400, serverCrashes: [2, 4] });
  const rounds = record.flatMap((line) => (line.type === 'round' ? [line] : []));
  expect(rounds.map(({ faults }) => faults!.serverCrashes)).toEqual([0, 1, 0, 1]);
  const report = readFileSync(join(out, 'report.html'), 'utf8');
  expect(report).toContain('<h2>Simulated faults</h2>');
  const virtualMs = rounds.reduce((sum, round) => sum + round.virtualMs!, 0);
  expect(virtualMs).toBeLessThanOrEqual(4 * 400);

  const replayed = await runStarling('runs', 'replay', out, hot);
  expect(replayed.stdout).toContain('all 4 rounds end in the states that were committed');

  const other = await simulate('--out', out, '--resume', '--rounds', '5');
  expect(other.code).toBe(2);
  expect(other.stderr).toMatch(/faults: .* → nothing/);
  const more = await simulate('--out', out, '--resume', '--rounds', '5', '--faults', crash);
  expect(more.code).toBe(0);
  expect(more.stdout).toMatch(/^5 rounds in /m);
});

test('`starling simulate` says the line of faults that cannot be, whenever that shows', async () => {
  const misspelt = file('misspelt.yaml', 'dropouts:\n  - probability: 0.5\n    round: { from: 2 }\n');
  expect(await simulate('--faults', misspelt)).toEqual({
    code: 2,
    stdout: '',
    stderr: `Cannot simulate faults: ${misspelt}:3:5: dropouts[0].round is no field: need one of probability, clients, rounds, for; did you mean 'rounds'?\n`,
  });
  const stranger = file('stranger.yaml', 'crashes:\n  - clients: [3, 12]\n');
  const { code, stderr } = await simulate('--faults', stranger);
  expect(code).toBe(2);
  expect(stderr).toContain(
    `${stranger}:2:18: crashes[0].clients[1] must be below 12, the clients of sensor-readings, got 12`,
  );
  const nobody = file('nobody.yaml', 'dropouts:\n  - for: good\n');
  expect((await simulate('--faults', nobody)).stderr).toContain(
    `${nobody}:2:5: dropouts[0] must leave a client that answers: it loses all 12 clients for good, from round 1 on`,
  );
});
