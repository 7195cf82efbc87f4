// The checks of `starling doctor`. Each looks for one thing and says in a sentence what it found or why not.
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
    "to have it, run 'npm rebuild @tensorflow/tfjs-node --ignore-scripts=false' where its download server is reached, or set STARLING_TFJS_NODE to the folder of a built copy",
};
const GIB = 1024 ** 3;

export async function runChecks(): Promise<readonly Check[]> {
  return [
    checkNode(process.versions.node),
    ...(await checkEngines()),
    checkCores(),
    checkMemory(),
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

function checkMemory(): Check {
  const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;
  return { name: 'memory', status: 'ok', detail: `${gib(totalmem())}, ${gib(freemem())} free` };
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
