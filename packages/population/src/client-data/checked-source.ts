// A source of a user's own, checked: its options where client data is made of it, and what its functions give each
// time they are called. Rows that are not as many as was said would be padded or cut without a word.
import { type Dataset, type StructType, sequence, ValueError } from '@starling/federated-core';
import {
  atLocation,
  type Check,
  checkNumber,
  checkOptions,
  checkValue,
  dataKinds,
  describeValue,
  isPlain,
  kinds,
  MAX_COUNT,
  ofKind,
  required,
  sourceLocation,
} from '@starling/federated-core/plan';
import { type ClientSource, whenThere } from './client-source.js';

const ACTION = 'Cannot make client data';

const rowKind: Check = (action, option, value) => {
  dataKinds.type(action, option, value);
  columnsKind(action, option, value);
};

const columnsKind = ofKind({
  need: 'a struct of tensors by name, such as struct({ x: float32(784), y: int32() })',
  fits: (value) => {
    const { kind, elements } = value as StructType;
    if (kind !== 'struct' || Array.isArray(elements)) return false;
    return Object.values(elements).every((field) => field.kind === 'tensor');
  },
});

const idKind = ofKind({ need: 'text', fits: (value) => typeof value === 'string' });

const known = {
  name: required(kinds.text),
  size: required((action, option, value) =>
    checkNumber(action, option, value, { whole: true, from: 0, to: MAX_COUNT }),
  ),
  element: required(rowKind),
  clientId: required(kinds.callable),
  rowCount: required(kinds.callable),
  rows: required(kinds.callable),
  meanings: kinds.record,
  fingerprint: true,
} as const;

/**
 * The source with its functions checked. Throws a `RangeError` for an option that is missing, misspelt or of another
 * kind. Its functions throw a `RangeError` for an id or a count that is none and for rows that are not as many as
 * `rowCount` says, and a `ValueError` for rows that are not of `element`. The source may be an object of a class.
 */
export function checkedSource(source: ClientSource): ClientSource {
  checkOptions<Omit<ClientSource, 'standardized'>>(ACTION, plainly(source), known);
  const made = atLocation(sourceLocation());
  const { name, size, element, meanings, fingerprint } = source;
  const action = `Cannot read clients of ${name}`;
  const type = sequence(element);
  const clientId = (index: number): string => {
    const id: unknown = source.clientId(index);
    idKind(action, `what clientId(${index}) gives`, id);
    return id as string;
  };
  const rowCount = (index: number): number => {
    const count: unknown = source.rowCount(index);
    checkNumber(action, `what rowCount(${index}) gives`, count, { whole: true, from: 0 });
    return count;
  };
  const checked = (index: number, dataset: Dataset): Dataset => {
    try {
      checkValue(type, dataset, 'rows');
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      const reason = error.message.replace(/^Cannot take a value of /, `what rows(${index}) gives must be `);
      throw new ValueError(error.path, `${action}: ${reason}${made}`, { cause: error });
    }
    const count = rowCount(index);
    if (dataset.length === count) return dataset;
    throw new RangeError(
      `${action}: rows(${index}) must give as many rows as rowCount(${index}), ${count}, got ${describeValue(dataset.length)}${made}`,
    );
  };
  return {
    name,
    size,
    element,
    clientId,
    rowCount,
    rows: (index) => whenThere(source.rows(index), (dataset) => checked(index, dataset)),
    ...(meanings !== undefined && { meanings }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

/** Of an object of a class the options that there are: it may well have further fields. */
function plainly(source: ClientSource): ClientSource {
  if (typeof source !== 'object' || source === null || Array.isArray(source) || isPlain(source))
    return source;
  const { name, size, element, clientId, rowCount, rows } = source;
  return { name, size, element, clientId, rowCount, rows };
}
