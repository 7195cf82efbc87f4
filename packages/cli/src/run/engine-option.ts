// Engines by the names that a command line gives them.
import type { EngineChoice } from '@starling/runtime';
import { Option } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';

const ENGINES = {
  onnx: { name: 'onnx' },
  'tfjs-cpu': { name: 'tfjs', backend: 'cpu' },
  'tfjs-wasm': { name: 'tfjs', backend: 'wasm' },
  'tfjs-node': { name: 'tfjs', backend: 'tensorflow' },
} as const satisfies Readonly<Record<string, EngineChoice>>;

export type EngineLabel = keyof typeof ENGINES;

export function engineOption(): Option {
  return new Option('--engine <name>', `what runs local computations: ${oneOf(Object.keys(ENGINES))}`)
    .argParser(readEngine)
    .default('onnx');
}

/** Throws a `UsageError` where there is no such engine; whether it is installed shows when it starts. */
export function readEngine(name: string): EngineLabel {
  if (Object.hasOwn(ENGINES, name)) return name as EngineLabel;
  throw new UsageError(`Cannot choose an engine: need ${oneOf(Object.keys(ENGINES))}, got '${name}'`);
}

export function engineChoice(label: EngineLabel): EngineChoice {
  return ENGINES[label];
}
