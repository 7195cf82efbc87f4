// The settings of a federation as text: names with their values, and what each is for.
import type { z } from 'zod';

/** One line a setting, such as `cohort=10  clients a round`; empty if there are none. */
export function formatSettings(schema: z.ZodObject, values: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(schema.shape).map(([name, type]) => {
    const value = values[name];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [`${name}=${text}`, (type as z.ZodType).description ?? ''] as const;
  });
  const width = Math.max(...rows.map(([setting]) => setting.length));
  return rows.map(([setting, about]) => `${setting.padEnd(width)}  ${about}`.trimEnd()).join('\n');
}
