// A schema as the text of `schema.json`: the same bytes for the same schema, so that a change of it can be read line by
// line, and errors that name the field for a file that is none.
import { StarlingError } from '@starling/federated-core';
import { type Schema, schemaFormat } from './schema.js';

/** Two spaces, fields in the order of the format, a newline at the end. */
export function formatSchema(schema: Schema): string {
  return `${JSON.stringify(schemaFormat.parse(schema), null, 2)}\n`;
}

/** Throws a `StarlingError` (`bad-schema`) that names the field at fault. */
export function parseSchema(text: string, where = 'schema.json'): Schema {
  let plain: unknown;
  try {
    plain = JSON.parse(text);
  } catch (cause) {
    throw new StarlingError(
      'bad-schema',
      `Cannot read ${where}: need JSON, got: ${(cause as Error).message}`,
      { cause },
    );
  }
  const parsed = schemaFormat.safeParse(plain);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const { path = [], message = 'cannot be read' } = issue ?? {};
  const field = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  throw new StarlingError(
    'bad-schema',
    `Cannot read ${where}: ${field.replace(/^\./, '') || 'the schema'}: ${message}`,
  );
}
