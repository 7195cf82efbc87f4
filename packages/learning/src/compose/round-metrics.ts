// The metrics of a round: what the client work measures stands at the top, what the other parts measure under a name.
import { type AnyServerValue, federatedZip } from '@starling/federated-core';
import { optionError } from '@starling/federated-core/plan';
import { fieldsOf } from '../parts/fields-of.js';

/** One struct; parts that measure nothing are left out. Throws a `RangeError` if a name would stand twice. */
export function roundMetrics(
  process: string,
  ofWork: AnyServerValue,
  ofParts: { readonly [name: string]: AnyServerValue },
): AnyServerValue {
  const own = fieldsOf(ofWork);
  const others = Object.entries(ofParts).filter(([, measured]) => Object.keys(fieldsOf(measured)).length > 0);
  if (others.length === 0) return ofWork;
  const taken = others.find(([name]) => name in own);
  if (taken !== undefined) {
    throw optionError(
      `Cannot compose ${process}: its client work must measure by names other than ${others.map(([name]) => name).join(', ')}, which other parts have, got '${taken[0]}'`,
    );
  }
  return federatedZip({ ...own, ...Object.fromEntries(others) });
}
