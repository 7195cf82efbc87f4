// federated-core where there is nothing of Node: its built modules are loaded after Node's globals are gone, and, where
// Chromium is installed, by that browser as they are, from a plain web server. There they trace, compile and evaluate.
// (`packages/federated-core/src/type-tests.test.ts` shows that the package uses no type of Node either.)
import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { root } from './support/repository.js';
import { isLeftOut } from './support/tools.js';

const dist = join(root, 'packages', 'federated-core', 'dist');

/** A module's text: what it tells of `core`, in one line. */
const program = (core: string): string => `
  const core = await import(${JSON.stringify(core)});
  const mean = core.federatedComputation({ x: core.atClients(core.float32()) }, ({ x }) => core.federatedMean(x));
  const run = () => { throw new Error('no local computation is called'); };
  const misplaced = () => core.federatedComputation({ x: core.atServer(core.float32()) }, ({ x }) => core.federatedMean(x));
  const error = (() => { try { misplaced(); } catch (error) { return error.message; } })();
  const { body } = core.deserializeComputation(core.serializeComputation(mean).text, () => undefined);
  const told = [
    core.formatType(mean.type),
    core.formatPlan(core.compilePlan(mean)).split('\\n')[0],
    await core.evaluate(mean, { x: [1, 2, 6] }, { run }),
    body.intrinsic,
    error.split('\\n')[0],
  ].join(' | ');
`;
const TOLD =
  '(<x={float32}@CLIENTS> -> float32@SERVER) | plan computation | 3 | federatedMean | Cannot apply federatedMean: its argument must be {T}@CLIENTS, got float32@SERVER';

test('federated-core traces, compiles, evaluates and saves where Node has lost its globals', async () => {
  const without = `
    const { log } = console;
    for (const name of ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', 'require', 'module']) {
      delete globalThis[name];
    }
    ${program(join(dist, 'index.js'))}
    log(told);
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', without]);
  expect(stdout).toBe(`${TOLD}\n`);
});

const browser = ['chromium', 'chromium-browser', 'google-chrome'].find(
  (name) => spawnSync(name, ['--version']).status === 0,
);

test.skipIf(isLeftOut('chromium', browser !== undefined))(
  'federated-core traces, compiles, evaluates and saves in Chromium (skipped where none is installed)',
  { timeout: 60_000 },
  async () => {
    const page = `<!doctype html><body>nothing yet</body><script type="module">
      try {${program('/core/index.js')} document.body.textContent = [told, typeof process, /http:.*:\\d+:\\d+/.test(error)].join(' | '); }
      catch (error) { document.body.textContent = error.stack; }
    </script>`;
    const server = await serve(page);
    const { port } = server.address() as AddressInfo;
    // --no-sandbox: tests may run as root; the page is ours. The time is the page's own, and ends when nothing is left
    // to do.
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--virtual-time-budget=10000',
      '--dump-dom',
    ];
    const { stdout } = await promisify(execFile)(browser!, [...flags, `http://127.0.0.1:${port}/`]).finally(
      () => server.close(),
    );
    const body = /<body>(.*?)<\/body>/s.exec(stdout)?.[1]?.replaceAll('&lt;', '<').replaceAll('&gt;', '>');
    // What `process` is there, and whether the error names the line of the page.
    expect(body?.trim()).toBe(`${TOLD} | undefined | true`);
  },
);

/** The page at `/`, and the modules of the package below `/core`. */
async function serve(page: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const path = normalize(request.url ?? '/');
    response.setHeader('content-type', path === '/' ? 'text/html' : 'text/javascript');
    const file = await readFile(join(dist, path.replace(/^\/core/, ''))).catch(() => null);
    response.end(path === '/' ? page : (file ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
