// Random types, for property tests.
import fc from 'fast-check';
import {
  abstractType,
  atClients,
  atServer,
  type DType,
  equalAtClients,
  functionType,
  sequence,
  struct,
  type TensorType,
  type Type,
  tensorType,
} from '../types/types.js';

const dtypes: readonly DType[] = ['float32', 'float64', 'int32', 'int64', 'uint8', 'bool', 'string'];
const fieldName = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,6}$/).filter((name) => name !== '__proto__');
const dimension = fc.option(fc.nat(1000), { nil: null });

const tensorTypes: fc.Arbitrary<TensorType> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(dimension, { maxLength: 3 }))
  .map(([dtype, shape]) => tensorType(dtype, shape));

/** Types of values without placement: tensors, structs and sequences of them. */
const dataTypes: fc.Arbitrary<Type> = fc.letrec<{ data: Type }>((tie) => ({
  data: fc.oneof(
    { depthSize: 'small' },
    tensorTypes,
    fc.array(tie('data'), { maxLength: 3 }).map((fields) => struct(fields)),
    fc.dictionary(fieldName, tie('data'), { minKeys: 1, maxKeys: 3 }).map((fields) => struct({ ...fields })),
    tie('data').map((element) => sequence(element)),
  ),
})).data;

/** All kinds of types, type variables and functions included. */
export const types: fc.Arbitrary<Type> = fc.letrec<{ type: Type }>((tie) => ({
  type: fc.oneof(
    { depthSize: 'small' },
    dataTypes,
    fc.stringMatching(/^[A-Z][a-z0-9_]{0,3}$/).map(abstractType),
    dataTypes.map((member) => atClients(member)),
    dataTypes.map((member) => equalAtClients(member)),
    dataTypes.map((member) => atServer(member)),
    dataTypes.map((member): Type => ({ ...atServer(member), disclosure: 'revealing' })),
    dataTypes.map((member): Type => ({ ...atClients(member), disclosure: 'revealing' })),
    fc.array(tie('type'), { maxLength: 3 }).map((fields) => struct(fields)),
    fc
      .tuple(fc.option(tie('type')), tie('type'))
      .map(([parameter, result]) => functionType(parameter, result)),
  ),
})).type;
