// The one check that all partitioners share.

/** Throws a `RangeError` unless `clients` is a positive integer. */
export function checkClients(partitioner: string, clients: number): void {
  if (!(Number.isSafeInteger(clients) && clients >= 1)) {
    throw new RangeError(
      `Cannot partition by ${partitioner}: clients must be a positive integer, got ${clients}`,
    );
  }
}
