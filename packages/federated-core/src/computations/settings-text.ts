// The constants in the text of a computation, which are the settings of its calls and its literals: written, and
// checked as they are read back.
import { decodeSettings, encodeSettings } from '../aggregations/settings.js';
import type { Expression, IntrinsicSettings, LiteralExpression } from '../expression/expression.js';
import type { IntrinsicDefinition } from '../intrinsics/framework/definition.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';
import type { Type } from '../types/types.js';
import { tensorFault } from '../values/check-value.js';
import type { Tensor } from '../values/tensor.js';
import { decodeTensor, encodeTensor, type TensorText } from '../values/tensor-text.js';
import { bad, fail } from './bad-computation.js';

/** Settings of a call; `numbers` by the forms that the intrinsic declares. */
export type SettingsText = Omit<IntrinsicSettings, 'ifEmpty' | 'numbers'> & {
  readonly ifEmpty?: readonly TensorText[];
  readonly numbers?: Readonly<Record<string, number>>;
};

/** A literal whose leaves are those of its type. */
export function literalNode(type: Type, leaves: readonly Tensor[]): LiteralExpression {
  const types = leafTypes(type);
  const faults = types.map((leaf, index) => {
    const given = leaves[index];
    return given === undefined
      ? { need: `${types.length} leaves`, got: `${leaves.length}` }
      : tensorFault(leaf, given);
  });
  const fault = faults.find((one) => one !== null);
  if (fault !== undefined) return fail(`a literal of ${formatType(type)}: ${fault.need}`, fault.got);
  if (leaves.length > types.length) return fail(`${types.length} leaves`, `${leaves.length}`);
  return { kind: 'literal', type, leaves };
}

export function encodeSettingsOf({ ifEmpty, numbers, ...settings }: IntrinsicSettings): SettingsText {
  return {
    ...settings,
    ...(numbers === undefined ? {} : { numbers: encodeSettings(numbers) }),
    ...(ifEmpty === undefined ? {} : { ifEmpty: ifEmpty.map(encodeTensor) }),
  };
}

export function decodeSettingsOf(
  { name, settings: forms }: IntrinsicDefinition,
  inputs: readonly Expression[],
  { ifEmpty, numbers, ...settings }: SettingsText,
): IntrinsicSettings {
  try {
    return {
      ...settings,
      ...(forms === undefined ? {} : { numbers: decodeSettings(name, forms, numbers) }),
      ...(ifEmpty === undefined ? {} : { ifEmpty: ifEmptyOf(inputs, ifEmpty) }),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw bad('need the settings of its intrinsics', error.message, error);
  }
}

/** The leaves that an aggregate of `inputs` gives where it is undefined: a value of what it aggregates. */
function ifEmptyOf(inputs: readonly Expression[], leaves: readonly TensorText[]): readonly Tensor[] {
  const { type } = inputs[0] ?? fail('need what it aggregates', 'no argument');
  const member = type.kind === 'federated' ? type.member : type;
  return literalNode(member, leaves.map(decodeTensor)).leaves;
}
