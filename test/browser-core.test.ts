// federated-core in a place that has nothing of Node: its built modules are loaded after Node's globals are gone, and
// compute a mean. (`packages/federated-core/src/type-tests.test.ts` shows that it uses no type of Node either.)
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from './support/repository.js';

const program = `
  const { log } = console;
  for (const name of ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', 'require', 'module']) {
    delete globalThis[name];
  }
  const core = await import(${JSON.stringify(join(root, 'packages', 'federated-core', 'dist', 'index.js'))});
  const mean = core.federatedComputation({ x: core.atClients(core.float32()) }, ({ x }) => core.federatedMean(x));
  const run = () => { throw new Error('no local computation is called'); };
  log(core.formatPlan(core.compilePlan(mean)).split('\\n')[0], await core.evaluate(mean, { x: [1, 2, 6] }, { run }));
`;

it('federated-core traces, compiles and evaluates where there is nothing of Node', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(stdout).toBe('plan computation 3\n');
});
