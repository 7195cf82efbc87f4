// The kind of an engine, for doors that take one: what is not one is refused there, and not by its first graph.
import { type Check, hasMethods, ofKind } from '@starling/federated-core/plan';

/** The check of an engine, for tables of options. */
export const engineKind: Check = ofKind({
  need: 'an engine, such as await createOnnxEngine()',
  fits: (value) => hasMethods(value, ['load', 'dispose']),
});
