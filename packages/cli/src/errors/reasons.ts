// Why something failed, as a person reads it: messages without stacks, from the outside in.

/** The first lines of an error and of what caused it, outermost first. */
export function reasons(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  const line = error.message.split('\n')[0] as string;
  return error.cause === undefined ? [line] : [line, ...reasons(error.cause)];
}
