// The one check that all populations share.

/** Throws a `RangeError` unless `index` numbers a client of a population of `size`. */
export function checkIndex(population: string, size: number, index: number): void {
  if (!(Number.isInteger(index) && index >= 0 && index < size)) {
    throw new RangeError(
      `Cannot load a client of ${population}: its index must be from 0 to ${size - 1}, got ${index}`,
    );
  }
}
