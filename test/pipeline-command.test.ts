// `starling pipeline` as a process: the pipeline of the package's README from rows to a pushed model, what is found
// again, refused, shown and compared, and the same over sockets.
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { snippetNamed } from './support/snippets.js';
import { startStarling } from './support/starling.js';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'starling-pipeline-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
// Clients count by tables of 20 texts rather than 200, which is most of the work of the README's pipeline.
const code = snippetNamed('packages/pipeline/README.md', 'deliveries.ts').replace(
  'statisticsGen({ examples, minClients: 2 })',
  'statisticsGen({ examples, minClients: 2, capacity: 20 })',
);
writeFileSync(join(directory, 'deliveries.ts'), code);
// The loss is at most a few, and never 99.
writeFileSync(join(directory, 'refused.ts'), code.replace("atLeast('loss', 0)", "atLeast('loss', 99)"));
writeFileSync(
  join(directory, 'broken.ts'),
  code.replace('minClients: 2,\n      preprocess', 'minClients: 5,\n      preprocess'),
);
/** Without threads to start. */
const IN_PROCESS = ['--runtime', 'in-process'] as const;
const run = (...options: readonly string[]) =>
  startStarling(['pipeline', ...options], { directory }).finished;
// A run takes some 5 s on a quiet machine, most of it the start of processes, and a test has two at most. This is for
// a machine whose cores have ten others to serve, twice and thrice over; it only ends what hangs.
const LONG = 600_000;

interface End {
  readonly outcome: string;
  readonly fingerprint: string;
  readonly nodes: readonly {
    readonly node: string;
    readonly status: string;
    readonly isCached: boolean;
    readonly artifact: string | null;
  }[];
}
const endOf = (stdout: string): End => JSON.parse(stdout.trim().split('\n').at(-1) as string) as End;

describe('starling pipeline', () => {
  let first: End;

  test(
    'runs to a pushed model, and finds everything again',
    async () => {
      const { code: exit, stdout, stderr } = await run('run', 'deliveries.ts', '--out', 'runs', '--json');
      expect([exit, stderr]).toEqual([0, '']);
      first = endOf(stdout);
      expect(first.outcome).toBe('passed');
      expect(readFileSync(join(directory, 'serving/CURRENT'), 'utf8')).toBe('1\n');
      const page = readFileSync(join(directory, 'runs/runs/1/report.html'), 'utf8');
      expect(page).toContain('<title>deliveries, run 1 · Starling</title>');
      expect(page).not.toMatch(/<link|src=|https?:\/\//);
      const again = await run('run', 'deliveries.ts', '--out', 'runs');
      expect(again.stdout).toMatch(/^pusher +cached +version 1 in serving/m);
      expect(again.stdout).toContain(`run 2 passed in`);
      expect(again.stdout).toContain(first.fingerprint.slice(0, 12));
    },
    LONG,
  );

  test(
    'exits with 3 for what was judged, with 1 for what broke, and pushes neither',
    async () => {
      const refused = await run('run', 'refused.ts', '--out', 'runs', ...IN_PROCESS);
      expect(refused.code).toBe(3);
      expect(refused.stdout).toMatch(
        /^ {2}model-validator: loss >= 99: violated: loss is 0\.\d+, needs >= 99$/m,
      );
      expect(readFileSync(join(directory, 'runs/runs/3/report.html'), 'utf8')).toContain(
        'loss &gt;= 99: violated',
      );
      const broken = await run('run', 'broken.ts', '--out', 'runs', ...IN_PROCESS);
      expect(broken.code).toBe(1);
      expect(broken.stdout).toContain(
        "Cannot analyze 'miles' by zScore: need at least 5 clients with a value, got 4",
      );
      expect(existsSync(join(directory, 'serving/2'))).toBe(false);
    },
    LONG,
  );

  test(
    'shows what was made of what, and what differs',
    async () => {
      const shown = await run('show', 'runs', '--run', '1');
      expect(shown.stdout).toMatch(/^deliveries, run 1: passed$/m);
      expect(shown.stdout).toMatch(/^schema +complete +[0-9a-f]{12} +statistics$/m);
      const judged = await run('show', 'runs', '--run', '3');
      expect(judged.stdout).toMatch(/^model-validator +refused +[0-9a-f]{12} +evaluator, trainer$/m);
      expect(judged.stdout).toMatch(
        /^ {2}model-validator: loss >= 99: violated: loss is 0\.\d+, needs >= 99$/m,
      );
      const same = await run('diff', 'runs', '1', '2');
      expect(same.stdout).toBe('runs 1 and 2 have the same artifacts\n');
      const other = await run('diff', 'runs', '1', '3');
      expect(other.stdout).toContain('blessing.json: + "constraint": "loss >= 99",');
      expect((await run('show', 'nowhere')).code).toBe(2);
      expect((await run('diff', 'runs', '1', 'two')).stderr).toContain(
        "Cannot compare runs: need the number of a run, such as 2, got 'two'",
      );
    },
    LONG,
  );

  test(
    'is inspected node by node: what each takes, and what the server sees',
    async () => {
      const { stdout } = await startStarling(['inspect', 'deliveries.ts'], { directory }).finished;
      expect(stdout).toContain('4 clients, asked by one node after the other:');
      expect(stdout).toContain(
        'evaluator\n  takes trainer, transform\n  the server sees sums over parts of the clients: four integers',
      );
      expect(stdout).toContain('serving=serving');
    },
    LONG,
  );

  test(
    'compiles to a DAG file with a task a node',
    async () => {
      const { code: exit, stdout } = await run('compile', 'deliveries.ts', '--to', 'airflow');
      expect(exit).toBe(0);
      expect(stdout).toContain(
        'bash_command="starling pipeline run deliveries.ts --out runs/pipeline --node pusher"',
      );
      expect(stdout.match(/BashOperator\(/g)).toHaveLength(10);
    },
    LONG,
  );

  test(
    'ends over sockets, with two processes as clients, in the same artifacts',
    async () => {
      // Two processes start, and stay for all questions. The model takes what all nodes before it have made.
      const sockets = ['--runtime', 'websocket', '--workers', '2', '--node', 'trainer'];
      const { code: exit, stdout } = await run(
        'run',
        'deliveries.ts',
        '--out',
        'sockets',
        '--json',
        ...sockets,
      );
      expect(exit).toBe(0);
      const { nodes } = endOf(stdout);
      expect(nodes.map(({ node }) => node).at(-1)).toBe('trainer');
      for (const { node, artifact, isCached } of nodes) {
        const own = first.nodes.find((one) => one.node === node);
        expect([node, artifact, isCached]).toEqual([node, own?.artifact, false]);
      }
    },
    LONG,
  );

  test(
    'asks live clients, of whom it holds no row, and ends in the same artifacts as in one process',
    async () => {
      // Each process holds the rows of the shop that SHOP names, and the one in which all is run holds all.
      const live = code
        .replace('tablesOf({ columns, clients })', "tablesOf({ columns, clients }), atHand: false, span: '1'")
        .replace('length: 60', "length: ['all', id].includes(process.env['SHOP'] ?? '') ? 60 : 0");
      writeFileSync(join(directory, 'live.ts'), live);
      const options = ['run', 'live.ts', '--json', '--set', 'serving=live'];
      const whole = await startStarling(['pipeline', ...options, '--out', 'whole', ...IN_PROCESS], {
        directory,
        environment: { SHOP: 'all' },
      }).finished;
      expect(endOf(whole.stdout).outcome).toBe('passed');
      const serving = startStarling(
        ['pipeline', ...options, '--out', 'live-runs', '--runtime', 'live', '--port', '0'],
        { directory },
      );
      const { url } = JSON.parse(await serving.line((line) => line.includes('"listening"')));
      const shops = ['north', 'south', 'west', 'east'].map((SHOP) =>
        startStarling(['client', 'live.ts', '--client', SHOP, '--url', url], {
          directory,
          environment: { SHOP },
        }),
      );
      const { code: exit, stdout, stderr } = await serving.finished;
      expect([exit, stderr]).toEqual([0, '']);
      // Version 1 is there from the run in one process: the same model by the same blessing is the same version.
      const ids = (end: End) => end.nodes.map(({ node, artifact }) => [node, artifact]);
      expect(ids(endOf(stdout))).toEqual(ids(endOf(whole.stdout)));
      expect(endOf(stdout).nodes.filter(({ isCached }) => isCached)).toEqual([]);
      for (const shop of shops) expect((await shop.finished).code).toBe(0);
    },
    LONG,
  );

  test(
    'refuses live clients of data that is hashed here, and a port without them',
    async () => {
      const hashed = await run('run', 'deliveries.ts', '--runtime', 'live', '--port', '0');
      expect(hashed.code).toBe(2);
      expect(hashed.stderr).toContain(
        "Cannot ask live clients of 'deliveries': need examples that are with clients alone, got data that is hashed here; give exampleGen atHand: false",
      );
      const port = await run('run', 'deliveries.ts', '--port', '7700');
      expect(port.code).toBe(2);
      expect(port.stderr).toContain(
        "Cannot use --port: need --runtime live, whose clients join, got 'threads'",
      );
    },
    LONG,
  );

  test(
    'refuses a node that is not there, and a folder that cannot be',
    async () => {
      const node = await run('run', 'deliveries.ts', '--out', 'runs', '--node', 'trianer');
      expect(node.code).toBe(2);
      expect(node.stderr).toMatch(/^Cannot run 'deliveries': need nodes among examples, .*, got 'trianer'$/m);
      const file = await run('run', 'deliveries.ts', '--out', 'deliveries.ts');
      expect(file.code).toBe(2);
      expect(file.stderr).toContain('Cannot keep the run in deliveries.ts: need a directory, got a file');
    },
    LONG,
  );

  test(
    'exits with 130 when it is interrupted, pushes nothing, and is shown as cut off once it is killed',
    async () => {
      // So many rounds never end.
      writeFileSync(join(directory, 'endless.ts'), code.replace('rounds: 5', 'rounds: 1_000_000'));
      const options = ['--out', 'endless', '--json', '--set', 'serving=stopped', ...IN_PROCESS];
      const running = startStarling(['pipeline', 'run', 'endless.ts', ...options], { directory });
      await running.line((line) => line.includes('"words":"round 1 of 1000000"'));
      running.child.kill('SIGINT');
      expect((await running.finished).code).toBe(130);
      expect(existsSync(join(directory, 'stopped'))).toBe(false);
      // Nobody tells the metadata of a run that is killed: it is running there for ever.
      const killed = startStarling(['pipeline', 'run', 'endless.ts', ...options], { directory });
      await killed.line((line) => /"words":"round \d+ of 1000000"/.test(line));
      expect((await run('show', 'endless')).stdout).toMatch(/^deliveries, run 1: running$/m);
      killed.child.kill('SIGKILL');
      await killed.finished;
      const shown = await run('show', 'endless');
      expect(shown.stdout).toMatch(/^deliveries, run 1: cut off$/m);
      expect(shown.stdout).toContain('the same command continues it');
    },
    LONG,
  );

  test(
    'says what a file must export',
    async () => {
      writeFileSync(join(directory, 'none.ts'), 'export default 1;\n');
      const { code: exit, stderr } = await run('run', 'none.ts');
      expect(exit).toBe(2);
      expect(stderr).toContain(
        "need 'export default definePipeline({ … })', got a default export of type number",
      );
    },
    LONG,
  );
});
