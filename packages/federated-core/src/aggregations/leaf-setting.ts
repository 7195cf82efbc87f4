// Reads a number of an aggregation's settings: the one of a leaf, or the one for all.

/** `settings['name.leaf']`, or `settings[name]`; throws a `RangeError` where there is neither. */
export function settingOf(
  settings: Readonly<Record<string, number>> | undefined,
  name: string,
  leaf: number,
): number {
  const value = settings?.[`${name}.${leaf}`] ?? settings?.[name];
  if (value === undefined)
    throw new RangeError(`Cannot read the setting ${name} of leaf ${leaf}: the plan has none`);
  return value;
}
