// The kind of a plan, for doors that take one.
import { ofKind } from '../errors/check-kind.js';
import type { Check } from '../errors/check-option.js';

/** The check of a plan, for tables of options. */
export const planKind: Check = ofKind({
  need: 'a plan, which compilePlan(computation) makes',
  fits: (value) => {
    const { phases, serverInput } = (value ?? {}) as Readonly<Record<string, unknown>>;
    return Array.isArray(phases) && typeof serverInput === 'object';
  },
  advice: (value) =>
    (value as { readonly kind?: unknown } | null | undefined)?.kind === 'federated-computation'
      ? 'Compile it: compilePlan(computation)'
      : null,
});
