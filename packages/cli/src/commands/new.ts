// `starling new <folder>`: a study to begin with, in a folder of its own outside any repository: data, a federation
// that reads it, a study of it, and what npm and TypeScript need to know.
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import { manifestIn } from '../files/installed-packages.js';
import { printLine } from '../output/print.js';
import { example } from './options.js';

/** The name that stands in the files of the template. */
const TEMPLATE_NAME = 'my-study';
const NAMED = ['federation.ts', 'README.md'];
/** What the files of the template import. */
const IMPORTED = ['compute', 'data', 'federated-core', 'learning', 'population', 'runtime'];

export function addNewCommand(program: Command): void {
  program
    .command('new')
    .description('write a study to begin with: data, a federation, a study, package.json, README')
    .addHelpText('after', example('starling new my-study'))
    .argument('<folder>', 'which is made, or is empty; its name is that of the study')
    .action(writeStudy);
}

function writeStudy(path: string): void {
  const folder = resolve(path);
  const name = basename(folder);
  const action = `Cannot write a study to ${path}`;
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name)) {
    throw new UsageError(
      `${action}: its name must be of small letters, digits, '-', '_' and '.', as npm needs it, got '${name}'`,
    );
  }
  const there = statSync(folder, { throwIfNoEntry: false });
  if (there !== undefined && !there.isDirectory()) {
    throw new UsageError(`${action}: need a folder that is new or empty, got a file`);
  }
  const first = there === undefined ? undefined : readdirSync(folder).sort()[0];
  if (first !== undefined) {
    throw new UsageError(`${action}: need a folder that is new or empty, got one with ${first}`);
  }
  mkdirSync(folder, { recursive: true });
  cpSync(fileURLToPath(new URL('../../template', import.meta.url)), folder, { recursive: true });
  for (const file of NAMED) {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll(TEMPLATE_NAME, name));
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifestOf(name), null, 2)}\n`);
  writeFileSync(join(folder, '.gitignore'), 'node_modules/\nruns/\n');
  printLine(`${path} is ready:\n\n  cd ${path}\n  npm install\n  npm run simulate`);
}

/** With this version of Starling, and of what it is used with those that it was tested with. */
function manifestOf(name: string): object {
  const { version, dependencies = {} } = manifestIn(fileURLToPath(new URL('../..', import.meta.url)));
  return {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    scripts: {
      simulate: 'starling simulate federation.ts',
      study: 'starling run study.ts',
      check: 'starling check federation.ts study.ts',
    },
    dependencies: {
      '@starling/cli': version,
      ...Object.fromEntries(IMPORTED.map((room) => [`@starling/${room}`, version])),
      zod: dependencies['zod'],
    },
    devDependencies: { '@types/node': '>=20', typescript: '>=5.8' },
  };
}
