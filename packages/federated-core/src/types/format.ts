// Prints types in the notation of TensorFlow Federated, such as `(<a={float32[10]}@CLIENTS,b=int32@SERVER> ->
// int32@SERVER)`. One notation serves errors, plans, documentation and golden files; `parse.ts` reads it back. Starling
// adds one word to it: `float32*@SERVER revealing` is a value for which the server sees single clients' values.
import { optionError } from '../errors/check-option.js';
import { describeValue } from '../errors/describe-value.js';
import { type FederatedType, type StructType, structEntries, type Type } from './types.js';

/** The compact notation, on one line. */
export function formatType(type: Type): string {
  switch (type?.kind) {
    case 'tensor':
      return type.shape.length === 0 ? type.dtype : `${type.dtype}[${formatShape(type.shape)}]`;
    case 'struct':
      return `<${structEntries(type).map(formatEntry).join(',')}>`;
    case 'sequence':
      return `${formatType(type.element)}*`;
    case 'function':
      return `(${type.parameter === null ? '' : formatType(type.parameter)} -> ${formatType(type.result)})`;
    case 'federated': {
      return formatPlaced(type, formatType(type.member));
    }
    case 'abstract':
      return type.label;
    default:
      throw optionError(
        `Cannot print a type: need one, such as float32(784), got ${describeValue(type satisfies never)}`,
      );
  }
}

/** The same notation over several lines: structs wider than `width` columns are broken, a field a line. */
export function formatTypeIndented(type: Type, width = 80): string {
  const lines = (current: Type, indent: string): string => {
    const compact = formatType(current);
    if (indent.length + compact.length <= width) return compact;
    switch (current.kind) {
      case 'struct':
        return brokenStruct(current, indent);
      case 'sequence':
        return `${lines(current.element, indent)}*`;
      case 'function': {
        const parameter = current.parameter === null ? '' : lines(current.parameter, indent);
        return `(${parameter} -> ${lines(current.result, indent)})`;
      }
      case 'federated': {
        return formatPlaced(current, lines(current.member, indent));
      }
      default:
        return compact;
    }
  };
  const brokenStruct = (current: StructType, indent: string): string => {
    const inner = `${indent}  `;
    const fields = structEntries(current).map(
      ([name, field]) => `${inner}${name === null ? '' : `${name}=`}${lines(field, inner)}`,
    );
    return `<\n${fields.join(',\n')}\n${indent}>`;
  };
  return lines(type, '');
}

function formatShape(shape: readonly (number | null)[]): string {
  return shape.map((dimension) => (dimension === null ? '?' : String(dimension))).join(',');
}

/** A federated type whose member is printed as `member`. */
export function formatPlaced({ allEqual, placement, disclosure }: FederatedType, member: string): string {
  return `${allEqual ? member : `{${member}}`}@${placement}${disclosure === 'revealing' ? ' revealing' : ''}`;
}

function formatEntry([name, type]: readonly [string | null, Type]): string {
  return name === null ? formatType(type) : `${name}=${formatType(type)}`;
}
