// The option that chooses an engine: a name that runtime knows, or a module of the user's own.
import { DEFAULT_ENGINE, type EngineChoice, engineNames, isEngineChoice } from '@starling/runtime/engines';
import { Option } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';

export function engineOption(): Option {
  const text = `what runs local computations: ${oneOf(engineNames)}; or a module that exports createEngine`;
  return new Option('--engine <name>', text).argParser(readEngine).default(DEFAULT_ENGINE);
}

/** Throws a `UsageError` if there is no such engine; whether it is installed shows when it starts. */
export function readEngine(name: string): EngineChoice {
  if (isEngineChoice(name)) return name;
  throw new UsageError(`Cannot choose an engine: need ${oneOf(engineNames)}, got '${name}'`);
}
