// Builds @tensorflow/tfjs-node where its own install script cannot: the script downloads libtensorflow from a
// storage host, while the wheel of `tensorflow-cpu` on PyPI holds the same library and its C headers. So: package
// from npm, library and headers from pip, addon by the package's own node-gyp build.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const TFJS_NODE_VERSION = '4.22.0';
/** The oldest libtensorflow on PyPI whose C API still serves tfjs-node 4.22, which was written for 2.9.1. */
const TENSORFLOW_VERSION = '2.12.0';
/** The newest Node-API version that tfjs-node 4.22 builds for; every Node from 12.22 on speaks it. */
const NAPI_VERSION = 8;
/** pip picks a wheel by these, so that the Python at hand may be another version. */
const WHEEL_TAGS = ['--python-version', '3.11', '--abi', 'cp311', '--platform', 'manylinux2014_x86_64'];
/** What tfjs-node's build and loader look for, and the library of the wheel that answers to each name. */
const LIBRARIES: Readonly<Record<string, string>> = {
  'libtensorflow.so': 'libtensorflow_cc.so.2',
  // Under exactly this name tfjs-node's install script takes the library as already downloaded.
  'libtensorflow.so.2.9.1': 'libtensorflow_cc.so.2',
  'libtensorflow_cc.so.2': 'libtensorflow_cc.so.2',
  'libtensorflow_framework.so': 'libtensorflow_framework.so.2',
  'libtensorflow_framework.so.2': 'libtensorflow_framework.so.2',
};

type Log = (line: string) => void;

/**
 * Builds the addon under `directory` (about 800 MB) and returns the folder of the working package. Steps whose
 * result is already there are left out. Needs Linux on x86-64, pip, npm, a C++ compiler and make.
 */
export function buildAddon(directory: string, log: Log): string {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `Cannot build tfjs-node: its library comes from a wheel for linux x64, got ${process.platform} ${process.arch}`,
    );
  }
  mkdirSync(directory, { recursive: true });
  const addon = join(directory, 'node_modules', '@tensorflow', 'tfjs-node');
  installPackage(directory, addon, log);
  linkLibraries(unpackWheel(directory, log), join(addon, 'deps'));
  compile(addon, log);
  return addon;
}

function installPackage(directory: string, addon: string, log: Log): void {
  if (existsSync(addon)) return;
  log(`npm install @tensorflow/tfjs-node@${TFJS_NODE_VERSION} (without its install script)`);
  // A package.json of its own keeps npm from walking up into the workspaces of this repository.
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify({ private: true })}\n`);
  run('npm', ['install', '--ignore-scripts', `@tensorflow/tfjs-node@${TFJS_NODE_VERSION}`], directory);
}

/** Returns the wheel's `tensorflow` folder. */
function unpackWheel(directory: string, log: Log): string {
  const unpacked = join(directory, 'tensorflow-cpu');
  if (!existsSync(join(unpacked, 'tensorflow', 'libtensorflow_cc.so.2'))) {
    const wheels = join(directory, 'wheels');
    log(`pip download tensorflow-cpu==${TENSORFLOW_VERSION} (230 MB) and unpack`);
    const requirement = `tensorflow-cpu==${TENSORFLOW_VERSION}`;
    const selection = ['--no-deps', '--only-binary', ':all:', ...WHEEL_TAGS];
    run('python3', ['-m', 'pip', 'download', ...selection, '--dest', wheels, requirement], directory);
    const wheel = readdirSync(wheels).find((name) => name.startsWith('tensorflow_cpu'));
    if (wheel === undefined) throw new Error(`Cannot unpack TensorFlow: pip left no wheel in ${wheels}`);
    run('python3', ['-m', 'zipfile', '-e', join(wheels, wheel), unpacked], directory);
  }
  return join(unpacked, 'tensorflow');
}

function linkLibraries(tensorflow: string, deps: string): void {
  mkdirSync(join(deps, 'lib'), { recursive: true });
  link(join(tensorflow, 'include'), join(deps, 'include'));
  for (const [name, library] of Object.entries(LIBRARIES)) {
    link(join(tensorflow, library), join(deps, 'lib', name));
  }
}

function link(target: string, path: string): void {
  if (!existsSync(path)) symlinkSync(target, path);
}

function compile(addon: string, log: Log): void {
  const isBuilt = (): boolean => existsSync(join(addon, 'lib', `napi-v${NAPI_VERSION}`, 'tfjs_binding.node'));
  if (isBuilt()) return;
  log('node-gyp build of the addon');
  const prefix = dirname(dirname(process.execPath));
  // Node's own headers, where the installation has them; without, node-gyp downloads them.
  const headers = existsSync(join(prefix, 'include', 'node', 'node_api.h'))
    ? { npm_config_nodedir: prefix }
    : {};
  run('npm', ['run', 'build-addon-from-source'], addon, headers);
  if (!isBuilt())
    throw new Error(`Cannot use tfjs-node: its build must leave tfjs_binding.node in ${addon}/lib`);
}

function run(
  command: string,
  args: readonly string[],
  cwd: string,
  extra: Readonly<Record<string, string>> = {},
): void {
  try {
    execFileSync(command, args, { cwd, env: { ...process.env, ...extra }, encoding: 'utf8', stdio: 'pipe' });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`Cannot run ${command} ${args.join(' ')} in ${cwd}:\n${stdout}${stderr}`, { cause });
  }
}
