// What an evaluation at the server gives, checked before it is kept: a function, a promise or a tensor of tf.js would
// be nothing in the record, and nobody would see that it is missing.
import type { HostValue } from '@starling/federated-core';
import { checkKind, isPlain, isTensor, type Kind } from '@starling/federated-core/plan';

/** Throws a `RangeError` that names the part at fault, such as `its loss`, unless `value` is of plain values. */
export function checkEvaluated(round: number, value: unknown): asserts value is HostValue {
  check(`Cannot evaluate round ${round}`, 'what evaluation.run gives', value, false);
}

/** The same of what `evaluation.finish` gives, in which `null` stands for a figure that there is not. */
export function checkFinished(round: number, value: unknown): asserts value is HostValue {
  check(`Cannot evaluate round ${round}`, 'what evaluation.finish gives', value, true);
}

function check(action: string, what: string, value: unknown, takesNull: boolean): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) check(action, `item ${index} of ${what}`, item, takesNull);
  } else if (isRecord(value)) {
    for (const [name, field] of Object.entries(value)) check(action, `${name} of ${what}`, field, takesNull);
  } else if (value !== null || !takesNull) {
    checkKind(action, what, value, PLAIN);
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && isPlain(value) && !isTensor(value);
}

const SCALARS: readonly string[] = ['number', 'boolean', 'string', 'bigint'];

const PLAIN: Kind = {
  need: 'numbers by name, such as { accuracy: 0.9 }, or other plain values',
  fits: (value) => SCALARS.includes(typeof value) || isTensor(value) || ArrayBuffer.isView(value),
  advice: (value) => {
    if (value === undefined) return 'A function in braces needs return';
    if (value instanceof Map) return 'Write Object.fromEntries(map)';
    const { dataId } = (value ?? {}) as { readonly dataId?: unknown };
    return typeof dataId === 'object' && dataId !== null ? 'Take its numbers: x.arraySync()' : null;
  },
};
