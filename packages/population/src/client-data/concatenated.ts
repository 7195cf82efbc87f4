// Several sets of clients as one: hospitals of two countries, years in files of their own.
import { formatType } from '@starling/federated-core';
import { type ClientData, clientData } from './client-data.js';

/**
 * The clients of all `parts`, one part after the other, whose rows must be of one type. A client is called by its part
 * and its name there, such as `north/ward-1`, so that no two have one name.
 */
export function concatenated(parts: Readonly<Record<string, ClientData>>): ClientData {
  const entries = Object.entries(parts);
  const [first, one] = entries[0] ?? ['', null];
  if (one === null) throw new RangeError('Cannot concatenate client data: need at least one part, got none');
  const { element } = one;
  for (const [name, part] of entries) {
    if (formatType(part.element) !== formatType(element)) {
      throw new RangeError(
        `Cannot concatenate client data: '${name}' needs rows of ${formatType(element)} as '${first}' has, got ${formatType(part.element)}`,
      );
    }
  }
  const begins: number[] = [];
  let size = 0;
  for (const [, part] of entries) {
    begins.push(size);
    size += part.size;
  }
  const at = (index: number): readonly [string, ClientData, number] => {
    const which = begins.findLastIndex((begin) => begin <= index);
    const [name, part] = entries[which] as [string, ClientData];
    return [name, part, index - (begins[which] as number)];
  };
  return clientData({
    name: entries.map(([name]) => name).join('+'),
    size,
    element,
    clientId: (index) => {
      const [name, part, own] = at(index);
      return `${name}/${part.clientId(own)}`;
    },
    rowCount: (index) => {
      const [, part, own] = at(index);
      return part.exampleCount(own);
    },
    rows: (index) => {
      const [, part, own] = at(index);
      return part.rows(own);
    },
  });
}
