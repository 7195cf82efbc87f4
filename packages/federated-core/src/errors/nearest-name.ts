// "Did you mean": which of the names that there are a user meant by one that there is not.

/**
 * The name that holds the other, is at least half of it or is shortened to it (`lr`), or takes the fewest letters to
 * change, if less than half of them.
 */
export function nearestName(strange: string, names: readonly string[]): string | undefined {
  const given = plain(strange);
  const distances = names.map((name) => {
    const other = plain(name);
    if (given === other) return [-1, name] as const;
    const isPart =
      given.length > 2 &&
      (other.includes(given) || (given.includes(other) && 2 * other.length >= given.length));
    const isSame = isPart || (given !== '' && given === initials(name));
    return [isSame ? 0 : editDistance(given, other) / Math.max(given.length, other.length), name] as const;
  });
  const [least] = distances.filter(([distance]) => distance < 0.5).sort(([a], [b]) => a - b);
  return least?.[1];
}

/** ", got 'beta_1'; did you mean 'beta1'?" ends with this, or with nothing when no name is near. */
export function didYouMean(strange: string, names: readonly string[]): string {
  const near = nearestName(strange, names);
  return near === undefined ? '' : `; did you mean '${near}'?`;
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** `lr` of `learningRate`; nothing of one word. */
function initials(name: string): string {
  const humps = name.match(/[A-Z]/g) ?? [];
  return humps.length === 0 ? '' : `${name[0]}${humps.join('')}`.toLowerCase();
}

/**
 * How many letters to insert, leave out, change or swap with the next lead from one word to the other (optimal string
 * alignment: Damerau, 1964; Levenshtein, 1966).
 */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, index) => index)];
  const cost = (row: number, column: number): number => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let row = 1; row <= from.length; row++) {
    rows.push([row]);
    for (let column = 1; column <= to.length; column++) {
      const changed = cost(row - 1, column - 1) + (from[row - 1] === to[column - 1] ? 0 : 1);
      const isSwap = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      const swapped = isSwap ? cost(row - 2, column - 2) + 1 : changed;
      const skipped = Math.min(cost(row - 1, column), cost(row, column - 1)) + 1;
      (rows[row] as number[]).push(Math.min(changed, swapped, skipped));
    }
  }
  return cost(from.length, to.length);
}
