// The checks of `starling doctor`. Each looks for one thing and says in a sentence what it found or why not.
import { statfsSync } from 'node:fs';
import { availableParallelism, cpus, freemem, totalmem } from 'node:os';
import { type Engine, TfjsBackendError } from '@starling/compute';
import { createEngine, DEFAULT_ENGINE, engineNames } from '@starling/runtime/engines';
import { reasons } from '../errors/reasons.js';
import { installedSimulations } from '../federation/simulations.js';

/** `missing` is an optional part that is not there; `broken` is one that starling cannot do without. */
export type CheckStatus = 'ok' | 'missing' | 'broken';

export interface Check {
  readonly name: string;
  readonly status: CheckStatus;
  readonly detail: string;
}

const OLDEST_NODE = 20;
/** By engine: what can be done where it is missing. */
const HINTS: Readonly<Record<string, string>> = {
  'tfjs-node':
    "to have it, run 'npm install --no-save --ignore-scripts=false @tensorflow/tfjs-node@4.22.0' where its download server is reached, or set STARLING_TFJS_NODE to the folder of a built copy",
};
const GIB = 1024 ** 3;
/** An engine a core, and the memory that `threads` keeps clients' data in. */
const LEAST_MEMORY = GIB / 4;
/** A few states of a small model, and what is written aside while one is. */
const LEAST_DISK = GIB / 16;

export async function runChecks(): Promise<readonly Check[]> {
  return [
    checkNode(process.versions.node),
    ...(await checkEngines()),
    checkCores(),
    checkMemory(),
    checkDisk(),
    checkSimulations(),
  ];
}

export function checkNode(version: string): Check {
  const major = Number(version.split('.')[0]);
  return major >= OLDEST_NODE
    ? { name: 'node', status: 'ok', detail: `${version} (${process.platform} ${process.arch})` }
    : { name: 'node', status: 'broken', detail: `need ${OLDEST_NODE} or later, got ${version}` };
}

/** One engine after another, in the order of their names' list; the default one is required. */
async function checkEngines(): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const name of engineNames) {
    const check = await checkEngine(`engine ${name}`, name === DEFAULT_ENGINE, () => createEngine(name));
    checks.push(withHint(check, HINTS[name]));
  }
  return checks;
}

/** Starts an engine and ends it again; the reason of a failure is the message and its causes. */
export async function checkEngine(
  name: string,
  isRequired: boolean,
  create: () => Promise<Engine>,
): Promise<Check> {
  try {
    const engine = await create();
    const detail = engine.description;
    await engine.dispose();
    return { name, status: 'ok', detail };
  } catch (error) {
    const detail = error instanceof TfjsBackendError ? error.reason : reasons(error).join(': ');
    return { name, status: isRequired ? 'broken' : 'missing', detail };
  }
}

/** The check, and where the part is missing what can be done about it. */
function withHint(check: Check, hint: string | undefined): Check {
  return check.status === 'ok' || hint === undefined
    ? check
    : { ...check, detail: `${check.detail}; ${hint}` };
}

function checkCores(): Check {
  const count = availableParallelism();
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return { name: 'cores', status: 'ok', detail: `${count} (${model}); threads uses one worker a core` };
}

/** What a container leaves of the machine's memory is what there is. */
function checkMemory(): Check {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const total = Math.min(totalmem(), limit);
  return checkRoom('memory', Math.min(freemem(), total), total, LEAST_MEMORY);
}

/** Where a run is kept unless its `--out` says otherwise. */
function checkDisk(): Check {
  const { bavail, blocks, bsize } = statfsSync('.');
  return checkRoom('disk', bavail * bsize, blocks * bsize, LEAST_DISK);
}

/** In bytes. */
export function checkRoom(name: string, free: number, total: number, least: number): Check {
  const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
  return free >= least
    ? { name, status: 'ok', detail: `${gib(total)}, ${gib(free)} free` }
    : {
        name,
        status: 'broken',
        detail: `need ${least / 2 ** 20} MiB, got ${Math.floor(free / 2 ** 20)} MiB free`,
      };
}

function checkSimulations(): Check {
  const names = [...installedSimulations().keys()];
  return names.length > 0
    ? { name: 'simulations', status: 'ok', detail: names.join(', ') }
    : {
        name: 'simulations',
        status: 'missing',
        detail: "none is built here; run 'npm run build', or pass a file",
      };
}
