// Options and arguments that several commands take, in one wording, read and checked in one way.
import { DEFAULT_ENGINE, type EngineChoice, engineNames, isEngineChoice } from '@starling/runtime/engines';
import { Argument, Option } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { collectSetting } from '../federation/settings.js';

/** `<federation>`: a name, or a file. */
export function federationArgument(about = ''): Argument {
  return new Argument('<federation>', `${about}a name, or the path of a .ts or .js file`);
}

/** `--name <n>`: a whole number from `least` up. */
export function numberOption(name: string, least: number, about: string): Option {
  return new Option(`${name} <n>`, about).argParser(wholeNumber(name, least));
}

export function roundsOption(): Option {
  return numberOption('--rounds', 1, "rounds to run (default: the federation's)");
}

export function seedOption(): Option {
  return numberOption('--seed', 0, 'all randomness comes from it').default(1);
}

/** How often a round is tried; `usual`: what the command does without. */
export function maxAttemptsOption(usual: number): Option {
  return numberOption('--max-attempts', 1, `attempts at one round before the run fails (default: ${usual})`);
}

export function backOffOption(usual: number): Option {
  const about = `wait before the second attempt, doubled with each further one (default: ${usual})`;
  return numberOption('--back-off-ms', 0, about);
}

/** `--set key=value`, any number of times. */
export function settingOption(): Option {
  return new Option('--set <key=value>', 'a setting of the federation; may be repeated')
    .argParser<Record<string, string>>(collectSetting)
    .default({}, 'its own defaults');
}

/** What runs local computations: a name that runtime knows, or a module of the user's own. */
export function engineOption(): Option {
  const about = `what runs local computations: ${oneOf(engineNames)}; or a module that exports createEngine`;
  return new Option('--engine <name>', about).argParser(readEngine).default(DEFAULT_ENGINE);
}

/** Throws a `UsageError` if there is no such engine; whether it is installed shows when it starts. */
function readEngine(name: string): EngineChoice {
  if (isEngineChoice(name)) return name;
  throw new UsageError(
    `Cannot choose an engine: need ${oneOf([...engineNames, 'a module that exports createEngine'])}, got '${name}'`,
  );
}

/** A commander parser for whole numbers from `least` up; throws a `UsageError` that names the option. */
export function wholeNumber(option: string, least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
      throw new UsageError(
        `Cannot read ${option}: it must be a whole number from ${least} up, got '${text}'`,
      );
    }
    return value;
  };
}
