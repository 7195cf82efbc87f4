// Settings of a federation as the command line gives them: `--set key=value`, checked against the federation's
// own zod object, which also holds the defaults.
import type { z } from 'zod';
import { oneOf, UsageError } from '../errors/usage-error.js';

/**
 * The checked settings, defaults filled in. A value is read as JSON where the setting takes that (`10`, `true`,
 * `[1,2]`), else as text. Throws a `UsageError` that names every setting which is unknown or does not fit.
 */
export async function readSettings<S extends z.ZodObject>(
  schema: S,
  given: Readonly<Record<string, string>>,
  federation: string,
): Promise<z.output<S>> {
  const known = Object.keys(schema.shape);
  const unknown = Object.keys(given).filter((key) => !known.includes(key));
  if (unknown.length > 0) {
    // Help is shown without loading it.
    const { didYouMean } = await import('@starling/federated-core/plan');
    const names = unknown.map((key) => `'${key}'`).join(', ');
    const near = didYouMean(unknown[0] as string, known);
    if (known.length === 0) {
      throw new UsageError(`Cannot set up ${federation}: it has no settings, got ${names}`);
    }
    throw new UsageError(
      `Cannot set up ${federation}: settings must be among ${oneOf(known)}, got ${names}${near}`,
    );
  }
  const values = Object.fromEntries(
    Object.entries(given).map(([key, text]) => [key, readValue(schema.shape[key] as z.ZodType, text)]),
  );
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => {
    const key = path.join('.');
    const actual = given[key] === undefined ? 'nothing' : `'${given[key]}'`;
    return `'${key}' must be as its description says (${message}), got ${actual}`;
  });
  throw new UsageError(`Cannot set up ${federation}: ${problems.join('; ')}`);
}

function readValue(schema: z.ZodType, text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    if (schema.safeParse(parsed).success || !schema.safeParse(text).success) return parsed;
  } catch {
    // Not JSON: the text itself is the value.
  }
  return text;
}
