// The error of a command line that cannot be run as it stands.

/** Worded as action, need, actual: "Cannot set 'cohort': it must be an integer, got 'ten'". */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** "a, b or c", for the "need" part of an error; "none" when there is nothing to choose from. */
export function oneOf(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  if (names.length === 1) return names[0] as string;
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}
