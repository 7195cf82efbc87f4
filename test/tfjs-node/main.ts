// `npm run test:tfjs-node`: builds @tensorflow/tfjs-node into the git-ignored .tfjs-node/ of the repository and runs
// the engine contract suite on it. A later run finds the build and starts at once; so does `npm run bench`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../support/repository.js';
import { buildAddon } from './build-addon.js';

const addon = buildAddon(join(root, '.tfjs-node'), (line) => process.stderr.write(`${line}\n`));
process.stderr.write(`STARLING_TFJS_NODE=${addon}\n`);
const suite = join('test', 'tfjs-node', 'tfjs-node.test.ts');
const { status } = spawnSync('npx', ['vitest', 'run', suite, ...process.argv.slice(2)], {
  cwd: root,
  env: { ...process.env, STARLING_TFJS_NODE: addon, TF_CPP_MIN_LOG_LEVEL: '2' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
