// The command line as a process: each of its doors, tried with what does not fit. All of it exits with a sentence.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from './support/repository.js';
import { snippetNamed } from './support/snippets.js';
import { startStarling } from './support/starling.js';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'starling-doors-')));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hot = snippetNamed('README.md', 'hot.ts');
const files = {
  'hot.ts': hot,
  'marked.ts': `\ufeff${hot}`,
  'empty.ts': '',
  'seven.ts': 'export default 7;\n',
  'common.js': 'module.exports = { a: 1 };\n',
  'settles.ts': 'await new Promise(() => {});\n',
  'exits.ts': 'process.exit(0);\n',
  'plain.json': '{}\n',
  'no.pem': 'no key\n',
};
for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
mkdirSync(join(folder, 'folder.ts'));

function run(parameters: readonly string[], environment: Readonly<Record<string, string>> = {}) {
  return startStarling(parameters, { directory: folder, environment }).finished;
}

describe('the command line', () => {
  test.each<[parameters: string[], words: RegExp, code?: number]>([
    [['run'], /^Cannot run 'starling run': need <script>, got nothing\n$/],
    [['check'], /need <files>, got nothing\n$/],
    [['coordinator'], /need <federation>, got nothing\n$/],
    [['client'], /need <federation>, got nothing\n$/],
    [['inspect'], /need <federation>, got nothing\n$/],
    [['debug'], /need --round <n>, got nothing\n$/],
    [['data', 'shw'], /need inspect or show, got 'shw'; did you mean show\?\n$/],
    [['symulate'], /got 'symulate'; did you mean simulate\?\n$/],
    [['simulate', 'hot.ts', '--ruonds', '3'], /got '--ruonds'; did you mean --rounds\?\n$/],
    [['simulate', 'hot.ts', '--rounds'], /option --rounds <n> needs a value, got nothing\n$/],
    [['simulate', 'hot.ts', '--rounds', ''], /whole number from 1 up, got ''\n$/],
    [['simulate', 'hot.ts', '--seed', '-1'], /whole number from 0 up, got '-1'\n$/],
    [['simulate', 'hot.ts', '--workers', '0'], /whole number from 1 up, got '0'\n$/],
    [['simulate', 'hot.ts', '--out', ''], /^Cannot read --out: need text, got ''/],
    [
      ['simulate', 'hot.ts', '--out', 'no.pem/x'],
      /need a directory, got the file .*no\.pem where one should be\n$/,
    ],
    [['simulate', 'hot.ts', '--set', '=1'], /must be key=value, got '=1'\n$/],
    [['coordinator', 'hot.ts', '--port', '65536'], /whole number from 0 to 65535, got '65536'\n$/],
    [['coordinator', 'hot.ts', '--token', ''], /^Cannot read --token: need text, got ''/],
    [
      ['coordinator', 'hot.ts', '--tls-key', 'no.pem'],
      /need --tls-key and --tls-cert, got only --tls-key\n$/,
    ],
    [
      ['coordinator', 'hot.ts', '--tls-key', 'no.pem', '--tls-cert', 'no.pem'],
      /^Cannot serve TLS: need a PEM key/,
    ],
    [['coordinator', 'hot.ts', '--port', '0', '--host', 'no.such.invalid'], /need an address, or .*name/, 1],
    [
      ['client', 'hot.ts', '--url', 'http://a:1'],
      /need a URL of ws:\/\/ or wss:\/\/, got 'http:\/\/a:1'; write ws:\/\/a:1\n$/,
    ],
    [['inspect', './absent.ts'], /need a file that exists, got '\.\/absent\.ts'\n$/],
    [['inspect', './folder.ts'], /need a file, got the directory '\.\/folder\.ts'\n$/],
    [['inspect', './plain.json'], /need a \.ts, \.mts, \.js or \.mjs file, got '\.\/plain\.json'\n$/],
    [['inspect', './empty.ts'], /got no default export\n$/],
    [['inspect', './seven.ts'], /got a default export of type number\n$/],
    [['inspect', './common.js'], /got a default export of type object\n$/],
    [['inspect', './settles.ts'], /^the command ended before it was done: it waits for a promise/, 1],
    [['simulate', './settles.ts'], /^the command ended before it was done: it waits for a promise/, 1],
    [['run', './settles.ts'], /^the command ended before it was done: it waits for a promise/, 1],
    [['inspect', './exits.ts'], /^the command ended before it was done: .* called process\.exit\n$/, 1],
    [['client', './exits.ts'], /^the command ended before it was done: .* called process\.exit\n$/, 1],
  ])('%j exits with a sentence', async (parameters, words, wanted = 2) => {
    const { code, stderr } = await run(parameters);
    expect(stderr).toMatch(words);
    expect(code).toBe(wanted);
    expect(stderr).not.toMatch(/node:internal|Node\.js v/);
  });

  test.each([
    [{ STARLING_PORT: 'abc' }, 'coordinator', /got 'abc', from the environment's STARLING_PORT\n$/],
    [{ STARLING_ROUNDS: '-3' }, 'coordinator', /got '-3', from the environment's STARLING_ROUNDS\n$/],
    [{ STARLING_MODE: 'x' }, 'coordinator', /got 'x', from the environment's STARLING_MODE\n$/],
    [{ STARLING_TOKEN: '' }, 'coordinator', /from the environment's STARLING_TOKEN\n$/],
    [{ STARLING_URL: 'here' }, 'client', /got 'here', from the environment's STARLING_URL\n$/],
    [{ STARLING_LOG_LEVEL: 'loud' }, 'simulate', /STARLING_LOG_LEVEL must be .*, got 'loud'\n$/],
  ])('%j is named where it does not fit', async (environment, command, words) => {
    const { code, stderr } = await run([command, 'hot.ts'], environment);
    expect(stderr).toMatch(words);
    expect(code).toBe(2);
  });

  test('says that a port is taken', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { readonly port: number };
    const { code, stderr } = await run(['coordinator', 'hot.ts', '--port', String(port)]);
    server.close();
    expect(stderr).toContain(
      `Cannot listen at 127.0.0.1:${port}: need a free port, which no other process listens at`,
    );
    expect(code).toBe(1);
  });

  test('reads a file that begins with a byte order mark', async () => {
    expect(await run(['inspect', './marked.ts'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('ends quietly when the reader of its output leaves', () => {
    const starling = `'${process.execPath}' '${join(root, 'packages/cli/bin/starling.js')}'`;
    const script = `${starling} simulate hot.ts --rounds 200 --json | head -n 1 | cut -c 1-13; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: '{"type":"run"\n141\n', stderr: '' });
  });
});

describe('help', () => {
  test.each([
    [[]],
    ...[
      ['simulate'],
      ['run'],
      ['check'],
      ['tour'],
      ['coordinator'],
      ['client'],
      ['inspect'],
      ['debug'],
      ['data', 'inspect'],
      ['data', 'show'],
      ['analyze'],
      ['export'],
      ['tokens'],
      ['tokens', 'issue'],
      ['tokens', 'revoke'],
      ['tokens', 'list'],
      ['runs'],
      ['runs', 'list'],
      ['runs', 'show'],
      ['runs', 'verify'],
      ['runs', 'export'],
      ['runs', 'replay'],
      ['doctor'],
    ].map((command) => [command]),
  ])('of %j fits a terminal of 80, and has an example', async (command) => {
    const { code, stdout } = await run([...command, '--help']);
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/\nExample:\n {2}starling .+\n$/);
    expect(stdout).toContain(command.join(' '));
  });

  test('`starling help simulate` is `starling simulate --help`; `--version` is a version', async () => {
    const [asked, flagged, version] = await Promise.all([
      run(['help', 'simulate']),
      run(['simulate', '--help']),
      run(['--version']),
    ]);
    expect(asked).toEqual(flagged);
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });
});

describe('starling check', () => {
  test('shows each mistake of syntax with its line and a caret, ten at most', async () => {
    const wrong = join(folder, 'wrong.ts');
    // Each line lacks an expression before its semicolon, the thirteenth sign of it.
    writeFileSync(wrong, Array.from({ length: 12 }, () => 'const one = ;\n').join(''));
    const { code, stdout } = await run(['check', 'wrong.ts']);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    for (let mistake = 0; mistake < 10; mistake++) {
      expect(lines[3 * mistake]).toMatch(new RegExp(`^wrong\\.ts:${mistake + 1}:13: error TS1109: `));
      expect(lines.slice(3 * mistake + 1, 3 * mistake + 3)).toEqual([
        '    const one = ;',
        `${' '.repeat(4 + 12)}^`,
      ]);
    }
    expect(lines.slice(30)).toEqual(['and 2 more']);
  });
});
