// Options and arguments that several commands take, in one wording, read and checked in one way.
import { DEFAULT_ENGINE, type EngineChoice, engineNames, isEngineChoice } from '@starling/runtime/engines';
import { Argument, InvalidArgumentError, Option } from 'commander';
import { oneOf, UsageError } from '../errors/usage-error.js';
import { collectSetting } from '../federation/collect-setting.js';

/** What stands below a command's help. */
export function example(command: string): string {
  return `\nExample:\n  ${command}`;
}

/** `<federation>`: a name, or a file. */
export function federationArgument(about = ''): Argument {
  return new Argument('<federation>', `${about}a name, or the path of a .ts or .js file`);
}

/** `--name <n>`: a whole number from `least` up, and to `most` where there is one. */
export function numberOption(name: string, least: number, about: string, most?: number): Option {
  return new Option(`${name} <n>`, about).argParser(fromAnywhere(wholeNumber(name, least, most)));
}

/** `--name <x>`: a number above 0, whole or not. */
export function positiveOption(name: string, about: string): Option {
  return new Option(`${name} <x>`, about).argParser(
    fromAnywhere((text) => {
      const value = Number(text);
      if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
      throw new UsageError(`Cannot read ${name}: it must be a number above 0, got '${text}'`);
    }),
  );
}

/**
 * `--name <value>`: text, and some of it: empty text is a shell variable that is not set. `check` throws a
 * `UsageError`.
 */
export function textOption(
  name: string,
  value: string,
  about: string,
  check = (_text: string): void => {},
): Option {
  return new Option(`${name} <${value}>`, about).argParser(
    someText(name, (text) => {
      check(text);
      return text;
    }),
  );
}

/** A parser of an option's text, of which there must be some. */
export function someText<T>(name: string, parse: (text: string) => T): (text: string) => T {
  return fromAnywhere((text) => {
    if (text.trim() !== '') return parse(text);
    throw new UsageError(`Cannot read ${name}: need text, got '${text}'; leave it out to have none`);
  });
}

/** A parser whose mistakes `program.ts` words: only commander knows which variable of the environment gave a value. */
export function fromAnywhere<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      throw error instanceof UsageError ? new InvalidArgumentError(error.message) : error;
    }
  };
}

export function roundsOption(): Option {
  return numberOption('--rounds', 1, "rounds to run (default: the federation's)");
}

export function seedOption(): Option {
  return numberOption('--seed', 0, 'all randomness comes from it').default(1);
}

/** Who is asked in a round. */
export function modeOption(): Option {
  return new Option(
    '--mode <name>',
    'fixed: cohorts of the whole population; present: of the clients that are there',
  )
    .argParser(fromAnywhere(readMode))
    .default('fixed');
}

function readMode(name: string): 'fixed' | 'present' {
  if (name === 'fixed' || name === 'present') return name;
  throw new UsageError(`Cannot choose a mode: need fixed or present, got '${name}'`);
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

/** `--require <constraint>`, any number of times; read where the run is made ready. */
export function requireOption(): Option {
  const about = "what the model must hold, as 'accuracy >= 0.9'; else exit code 3; may be repeated";
  return new Option('--require <constraint>', about)
    .argParser<readonly string[]>((text, before) => [...before, text])
    .default([], 'nothing beside the federation’s own');
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

/** Reads whole numbers from `least` up; throws a `UsageError` that names the option. */
export function wholeNumber(
  option: string,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} up` : `from ${least} to ${most}`;
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least || value > most) {
      throw new UsageError(`Cannot read ${option}: it must be a whole number ${range}, got '${text}'`);
    }
    return value;
  };
}
