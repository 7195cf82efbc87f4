// Whether a value is tables, such as what a file exports: by its form, so that no package need be loaded to tell.
import type { Tables } from '@starling/population';

export function isTables(value: unknown): value is Tables {
  if (typeof value !== 'object' || value === null) return false;
  const { columns, clientId, rowCount, table } = value as Partial<Tables>;
  return typeof columns === 'object' && [clientId, rowCount, table].every((one) => typeof one === 'function');
}
