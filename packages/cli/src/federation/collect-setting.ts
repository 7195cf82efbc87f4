// `--set key=value` as the command line gives it, before any federation is loaded.
import { UsageError } from '../errors/usage-error.js';

/** Gathers one more `key=value` of a repeated option; throws a `UsageError` if there is no `=`. */
export function collectSetting(
  text: string,
  earlier: Readonly<Record<string, string>>,
): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new UsageError(`Cannot read --set: it must be key=value, got '${text}'`);
  return { ...earlier, [text.slice(0, equals)]: text.slice(equals + 1) };
}
