// How the authors of FedProx deal MNIST: clients of two digits each, a few with very many examples and most with few
// (Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith, "Federated Optimization in Heterogeneous Networks", MLSys 2020, section
// 5.1 and the code beside it).
import { generator, type Seed } from '@starling/federated-core';

/** Examples of each of its two digits that every client has. */
const LEAST = 5;
/** Of the logarithm of the shares by which the rest is dealt; their mean makes no difference. */
const SHARE_STDDEV = 2;
const DIGITS = 10;

export interface ClientRows {
  /** Nine of ten, rounded down, in an order of their own. */
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * The rows of each of `clients`: client i has digits i mod 10 and i + 1 mod 10. Each digit's rows all go to its
 * clients: five to each, the rest by shares that are log-normal. Throws a `RangeError` if a digit has fewer rows.
 */
export function twoDigitClients(
  labels: ArrayLike<number>,
  clients: number,
  seed: Seed,
): readonly ClientRows[] {
  const random = generator(seed);
  const rows: number[][] = Array.from({ length: clients }, () => []);
  for (let digit = 0; digit < DIGITS; digit++) {
    const own = shuffled(rowsOf(labels, digit), random);
    const holders = rows.flatMap((_, client) => (hasDigit(client, digit) ? [client] : []));
    const counts = dealt(own.length, holders.length, () => Math.exp(SHARE_STDDEV * random.normal()));
    let start = 0;
    for (const [index, client] of holders.entries()) {
      rows[client]!.push(...own.slice(start, start + counts[index]!));
      start += counts[index]!;
    }
  }
  return rows.map((own) => {
    const mixed = Int32Array.from(shuffled(own, random));
    const training = Math.floor(0.9 * mixed.length);
    return { train: mixed.subarray(0, training), test: mixed.subarray(training) };
  });
}

const hasDigit = (client: number, digit: number): boolean =>
  client % DIGITS === digit || (client + 1) % DIGITS === digit;

function rowsOf(labels: ArrayLike<number>, digit: number): number[] {
  return Array.from(labels).flatMap((label, row) => (label === digit ? [row] : []));
}

/** `total` in so many parts: the least of each, and of the rest the drawn shares, to whole rows that add up. */
function dealt(total: number, parts: number, draw: () => number): readonly number[] {
  const rest = total - LEAST * parts;
  if (rest < 0) {
    throw new RangeError(
      `Cannot deal digits: need ${LEAST} rows for each of ${parts} clients, got ${total} in all`,
    );
  }
  const shares = Array.from({ length: parts }, draw);
  const all = shares.reduce((sum, share) => sum + share, 0);
  let [reached, before] = [0, 0];
  return shares.map((share) => {
    reached += share;
    const upTo = Math.min(rest, Math.round((rest * reached) / all));
    const count = upTo - before;
    before = upTo;
    return LEAST + count;
  });
}

function shuffled(rows: readonly number[], random: ReturnType<typeof generator>): number[] {
  return Array.from(random.permutation(rows.length), (at) => rows[at]!);
}
