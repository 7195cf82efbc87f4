// Values as a user reads them: scalars as plain numbers, booleans, strings or bigints, datasets as arrays of
// elements, other tensors as they are.
import { kinds } from '../errors/check-kind.js';
import { TypeMismatchError } from '../errors/starling-error.js';
import { formatType } from '../types/format.js';
import { leafTypes } from '../types/leaves.js';
import { structEntries, type Type } from '../types/types.js';
import { dataKinds } from './data-kinds.js';
import { flatten, unflatten } from './flatten.js';
import type { HostValue } from './host-types.js';
import { elementAt } from './stack.js';
import { isTensor, type Tensor } from './tensor.js';
import type { Dataset, Value } from './value.js';

/** A checked value of `type` as plain JavaScript. */
export function toHost(type: Type, value: Value): HostValue {
  switch (type.kind) {
    case 'tensor':
      return type.shape.length === 0 ? scalarOf(value as Tensor) : (value as Tensor);
    case 'struct': {
      if (typeof value !== 'object' || value === null) kinds.record('Cannot read a value', 'it', value);
      const parts = value as Readonly<Record<string | number, Value>>;
      const entries = structEntries(type);
      const hosts = entries.map(([name, field], index) => toHost(field, parts[name ?? index]!));
      if (Array.isArray(type.elements)) return hosts;
      return Object.fromEntries(entries.map(([name], index) => [name as string, hosts[index]!]));
    }
    case 'sequence': {
      const dataset = value as Dataset;
      const columns = flatten(type.element, dataset.columns);
      if (leafTypes(type.element).length === 0) return Array.from({ length: dataset.length }, () => ({}));
      return Array.from({ length: dataset.length }, (_, index) =>
        toHost(
          type.element,
          unflatten(
            type.element,
            columns.map((column) => elementAt(column, index)),
          ),
        ),
      );
    }
    case 'federated':
      return toHost(type.member, value);
    case 'function':
    case 'abstract':
      throw new TypeMismatchError(`Cannot read a value of ${formatType(type)}: it has no tensors`);
  }
}

function scalarOf(tensor: Tensor): number | boolean | string | bigint {
  if (!isTensor(tensor)) dataKinds.tensor('Cannot read a value', 'it', tensor);
  const item = tensor.data[0]!;
  return tensor.dtype === 'bool' ? item !== 0 : item;
}
