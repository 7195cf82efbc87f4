// The files of `deploy/`: what watches asks for metrics that there are, and each file is what its tool takes, where the
// tool is on this machine.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServerMetrics } from '@starling/coordinator';
import { describe, expect, test } from 'vitest';
import { root } from './support/repository.js';
import { isLeftOut } from './support/tools.js';

const deploy = join(root, 'deploy');
const read = (name: string): string => readFileSync(join(deploy, name), 'utf8');

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}
const dashboard = JSON.parse(read('grafana/dashboard.json')) as Dashboard;
const queries = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));

/** What a command says, and how it ends. */
function run(program: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: deploy, encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}` };
}
const isThere = (program: string, ...args: readonly string[]): boolean => run(program, ...args).status === 0;

describe('deploy', () => {
  test('alerts and dashboard ask for metrics that the server has', async () => {
    const page = await createServerMetrics({ ofProcess: true }).render();
    const families = new Map(
      [...page.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name as string, kind]),
    );
    const asked = [
      ...`${read('alerts.yml')}\n${queries.join('\n')}`.matchAll(/\b(starling|process|nodejs)_\w+/g),
    ];
    expect(asked.length).toBeGreaterThan(queries.length);
    const unknown = asked
      .map(([name]) => name)
      .filter((name) => {
        const family = name.replace(/_bucket$/, '');
        return family === name ? !families.has(name) : families.get(family) !== 'histogram';
      });
    expect(unknown).toEqual([]);
  });

  test('operations.md says of each alert what to do', () => {
    const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
    const alerts = [...read('alerts.yml').matchAll(/alert: (\w+)/g)].map(([, name]) => name as string);
    expect(alerts.length).toBeGreaterThan(0);
    expect(alerts.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });

  const hasPromtool = isThere('promtool', '--version');
  test.skipIf(isLeftOut('promtool', hasPromtool))(
    'promtool takes the rules, the configuration and every query',
    async () => {
      expect(run('promtool', 'check', 'config', 'prometheus.yml')).toMatchObject({ status: 0 });
      const folder = await mkdtemp(join(tmpdir(), 'starling-queries-'));
      const rules = queries.map((expr, index) => ({ record: `query:${index}`, expr }));
      const path = join(folder, 'queries.yml');
      await writeFile(path, JSON.stringify({ groups: [{ name: 'dashboard', rules }] })); // JSON is YAML
      const { status, output } = run('promtool', 'check', 'rules', path);
      expect(output).toContain(`${queries.length} rules found`);
      expect(status).toBe(0);
      await rm(folder, { recursive: true });
    },
  );

  const hasSystemd = isThere('systemd-analyze', '--version');
  test.skipIf(isLeftOut('systemd-analyze', hasSystemd))('systemd takes the unit without a warning', () => {
    expect(run('systemd-analyze', 'verify', './starling-server.service')).toEqual({ status: 0, output: '' });
  });

  const compose = [['docker', 'compose'], ['docker-compose']].find(([program, ...rest]) =>
    isThere(program as string, ...rest, 'version'),
  );
  test.skipIf(isLeftOut('compose', compose !== undefined))(
    'Compose takes the services, and those that watch',
    () => {
      const [program, ...rest] = compose as [string, ...string[]];
      expect(run(program, ...rest, '-f', 'compose.yml', 'config', '-q')).toMatchObject({ status: 0 });
      const services = run(
        program,
        ...rest,
        '-f',
        'compose.yml',
        '--profile',
        'watch',
        'config',
        '--services',
      );
      expect(services.output.trim().split('\n').sort()).toEqual(['grafana', 'prometheus', 'server']);
    },
  );
});
