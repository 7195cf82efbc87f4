// Trimming in the reference meaning: whole columns are sorted, apart from rows/, so that the two can be held against
// each other.

/** Of each element, the mean of the values without the `trim` least and greatest, added up in the order of rows. */
export function meanWithoutEnds(rows: readonly (readonly number[])[], trim: number): readonly number[] {
  return rows[0]!.map((_, at) => {
    const column = rows.map((row) => row[at]!);
    const kept = [...column].sort((a, b) => a - b).slice(trim, column.length - trim);
    const [low, high] = [kept[0]!, kept.at(-1)!];
    if (low === high) return low + 0;
    // Halves, where the sum of two is beyond float64.
    if (kept.length === 2 && !Number.isFinite(low + high)) return low / 2 + high / 2;
    // Between the ends in the order of rows, then as many of each end as are kept.
    const between = column.filter((x) => x > low && x < high).reduce((sum, x) => sum + x, 0);
    const ends = kept.filter((x) => x === low).length * low + kept.filter((x) => x === high).length * high;
    return (between + ends) / kept.length + 0;
  });
}
