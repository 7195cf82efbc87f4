// The jackknife over clients: how uncertain figures are, found by leaving out one part of the clients after the other.
// Examples of one client are left out together, since they are not independent. Parts may have unequal numbers of
// clients: Busing, Meijer, van der Leeden, "Delete-m Jackknife for Unequal m", Statistics and Computing 1999, which for
// equal ones is the jackknife of Quenouille and Tukey.

export interface Part {
  /** m: how many clients are in it; at least 1. */
  readonly clients: number;
  /** The figures of all others; `null` for one that they have not. */
  readonly without: readonly (number | null)[];
}

/**
 * The covariances of `figures`, those of all clients: with n clients, h = n / m, and pseudo-values
 * θ̃ = h θ − (h − 1) θ₋, 1/g Σ (θ̃ − mean) (θ̃ − mean)ᵀ / (h − 1). `null` where a figure is `null`, or is without a
 * part; and everywhere, if there are fewer than two parts.
 */
export function jackknife(
  figures: readonly (number | null)[],
  parts: readonly Part[],
): readonly (readonly (number | null)[])[] {
  const clients = parts.reduce((sum, part) => sum + part.clients, 0);
  const deviations = figures.map((figure, index) => {
    const left = parts.map(({ without }) => without[index] ?? null);
    if (figure === null || parts.length < 2 || left.includes(null)) return null;
    return deviationsOf(figure, left as number[], parts, clients);
  });
  return deviations.map((one) =>
    deviations.map((other) => {
      if (one === null || other === null) return null;
      const sum = one.reduce((all, each, part) => all + each * (other[part] as number), 0);
      return sum / parts.length;
    }),
  );
}

/** (θ̃ − mean) / √(h − 1) of each part. */
function deviationsOf(
  figure: number,
  left: readonly number[],
  parts: readonly Part[],
  clients: number,
): readonly number[] {
  // θ̃ − θ, which is small where θ̃ is not.
  const shifts = parts.map((part, at) => (clients / part.clients - 1) * (figure - (left[at] as number)));
  // Busing and others' estimate: g θ − Σ (1 − m/n) θ₋ = θ + Σ (1 − m/n) (θ − θ₋).
  const mean = parts.reduce(
    (sum, part, at) => sum + (1 - part.clients / clients) * (figure - (left[at] as number)),
    0,
  );
  return shifts.map((shift, at) => (shift - mean) / Math.sqrt(clients / (parts[at] as Part).clients - 1));
}
