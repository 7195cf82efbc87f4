// Which clients have which labels, where client i has labels i, i + 1, … modulo their number.

/** The clients, ascending, that have the label at each position among `labels`. */
export function adjacentHolders(
  labels: number,
  { clients, labelsPerClient }: { readonly clients: number; readonly labelsPerClient: number },
): readonly (readonly number[])[] {
  const holders = Array.from({ length: labels }, (): number[] => []);
  for (let client = 0; client < clients; client++) {
    for (let place = 0; place < labelsPerClient; place++) holders[(client + place) % labels]!.push(client);
  }
  return holders;
}
