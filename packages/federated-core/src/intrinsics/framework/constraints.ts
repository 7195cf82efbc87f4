// What a type variable of a signature must be, beyond fitting: named once, so that errors and documentation
// say the same words.
import { leafTypes } from '../../types/leaves.js';
import { structEntries, type TensorType, type Type } from '../../types/types.js';

export type Constraint = 'summable' | 'averageable' | 'weight' | 'integer' | 'tensors' | 'keys';

interface ConstraintRule {
  /** Completes "T must be …". */
  readonly need: string;
  accepts(type: Type): boolean;
}

const everyTensor = (type: Type, accepts: (leaf: TensorType) => boolean): boolean => {
  if (type.kind === 'tensor') return accepts(type);
  return type.kind === 'struct' && structEntries(type).every(([, field]) => everyTensor(field, accepts));
};

export const constraints: Readonly<Record<Constraint, ConstraintRule>> = {
  summable: {
    need: 'numbers (float32, float64, int32, int64 or uint8), alone or in structs; map a bool to float32 or int32 first',
    accepts: (type) => everyTensor(type, ({ dtype }) => dtype !== 'bool' && dtype !== 'string'),
  },
  averageable: {
    need: 'float32 or float64, alone or in structs, since a mean is a fraction; map integers and bools to float32 first',
    accepts: (type) => everyTensor(type, ({ dtype }) => dtype === 'float32' || dtype === 'float64'),
  },
  weight: {
    need: 'one number (a scalar of float32, float64, int32, int64 or uint8)',
    accepts: (type) =>
      type.kind === 'tensor' && type.shape.length === 0 && type.dtype !== 'bool' && type.dtype !== 'string',
  },
  integer: {
    need: 'int32 or int64, alone or in structs',
    accepts: (type) => everyTensor(type, ({ dtype }) => dtype === 'int32' || dtype === 'int64'),
  },
  tensors: {
    need: 'tensors, alone or in structs with at least one, and no sequence',
    accepts: (type) => everyTensor(type, () => true) && leafTypes(type).length > 0,
  },
  keys: {
    need: 'a vector of int32',
    accepts: (type) => type.kind === 'tensor' && type.dtype === 'int32' && type.shape.length === 1,
  },
};
