// What makes a value a federation: a file may export anything.
import type { Federation } from '@starling/runtime';

export function isFederation(value: unknown): value is Federation {
  return (
    typeof value === 'object' && value !== null && 'build' in value && 'options' in value && 'name' in value
  );
}
