// Whether what a component is given is a node that makes what it takes: the compiler says it first, and this where
// types are not looked at.
import { type Check, checkKind } from '@starling/federated-core/plan';
import type { ArtifactKind } from '../artifacts/artifact.js';

/** For a table of options: a node of these artifacts, made by a component such as `maker`. */
export function nodeOf(kind: ArtifactKind, maker: string): Check {
  return (action, option, value) => {
    const made = isNode(value) ? value : null;
    checkKind(action, option, value, {
      need: `what ${maker}({ … }) gives`,
      fits: () => made?.kind === kind,
      advice: () => (made === null ? null : `It is '${made.name}', of ${made.component}`),
    });
  };
}

export function isNode(
  value: unknown,
): value is { readonly kind: string; readonly name: string; readonly component: string } {
  if (typeof value !== 'object' || value === null) return false;
  return (['kind', 'name', 'component'] as const).every(
    (field) => typeof (value as Readonly<Record<string, unknown>>)[field] === 'string',
  );
}
