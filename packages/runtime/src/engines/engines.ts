// Engines by the word that a user types, which is the name of their file here; or by a module of the user's own. A
// choice is text, so that it crosses to threads and processes, and an engine is imported only where it is made.
import { pathToFileURL } from 'node:url';
import type { Engine } from '@starling/compute';
import type { StarlingError } from '@starling/federated-core';
import type { EngineModule } from './engine-module.js';

/**
 * `onnx`, `tfjs-cpu`, `tfjs-wasm` or `tfjs-node`; or a module that exports `createEngine` (see `EngineModule`): a URL,
 * a path from the working directory that begins with `.` or `/`, or a file of a package, such as
 * `my-package/engine.js`.
 */
export type EngineChoice = string;

const engines: Readonly<Record<string, () => Promise<EngineModule>>> = {
  onnx: () => import('./onnx.js'),
  'tfjs-cpu': () => import('./tfjs-cpu.js'),
  'tfjs-wasm': () => import('./tfjs-wasm.js'),
  'tfjs-node': () => import('./tfjs-node.js'),
};

export const DEFAULT_ENGINE: EngineChoice = 'onnx';

/** The engines that come with Starling. */
export const engineNames: readonly string[] = Object.keys(engines);

/** Whether this is an engine of Starling, or reads like a module; whether there is one shows when it is imported. */
export function isEngineChoice(choice: EngineChoice): boolean {
  return Object.hasOwn(engines, choice) || /[/:]/.test(choice);
}

/** What makes the engine. Throws a `StarlingError` with code `no-such-engine` if there is none. */
export async function engineModule(choice: EngineChoice = DEFAULT_ENGINE): Promise<EngineModule> {
  if (Object.hasOwn(engines, choice)) return engines[choice]!();
  if (!isEngineChoice(choice)) throw await noSuchEngine(choice);
  const module = (await importModule(choice)) as Partial<EngineModule>;
  if (typeof module.createEngine !== 'function') throw await noSuchEngine(choice);
  return module as EngineModule;
}

/** Makes the engine on this thread; throws if what it needs is not installed, and as `engineModule` does. */
export async function createEngine(choice: EngineChoice = DEFAULT_ENGINE): Promise<Engine> {
  return (await engineModule(choice)).createEngine();
}

async function importModule(choice: EngineChoice): Promise<unknown> {
  const isPath = choice.startsWith('.') || choice.startsWith('/');
  try {
    return await import(/* @vite-ignore */ isPath ? pathToFileURL(choice).href : choice);
  } catch (cause) {
    throw await noSuchEngine(choice, cause);
  }
}

/** Loads the core only where it is needed: a command line reads the names above before it knows its command. */
async function noSuchEngine(choice: EngineChoice, cause?: unknown): Promise<StarlingError> {
  const { StarlingError } = await import('@starling/federated-core');
  const { describeValue, didYouMean } = await import('@starling/federated-core/plan');
  const near = didYouMean(String(choice), engineNames);
  const message = `Cannot choose an engine: need ${engineNames.join(', ')}, or a module that exports createEngine, got ${describeValue(choice)}${near}`;
  return new StarlingError('no-such-engine', message, { cause });
}
