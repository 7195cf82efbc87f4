// Options that several commands take, read and checked in one way.
import { type Command, Option } from 'commander';
import { UsageError } from '../errors/usage-error.js';
import { collectSetting } from '../federation/settings.js';

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

/** `--set key=value`, any number of times. */
export function addSettingOption(command: Command): Command {
  return command.addOption(
    new Option('--set <key=value>', 'a setting of the federation; may be repeated')
      .argParser<Record<string, string>>(collectSetting)
      .default({}, 'its own defaults'),
  );
}
