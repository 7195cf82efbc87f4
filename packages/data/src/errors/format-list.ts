// Names in a sentence.

/** Names in a line of an error: at most eight, and how many more there are. */
export function formatList(names: readonly unknown[]): string {
  const shown = names.slice(0, 8).join(', ');
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown === '' ? 'none' : shown;
}
