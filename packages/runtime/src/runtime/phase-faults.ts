// What was simulated to go wrong in a phase, or in a round: counts by kind, and the time that it would have taken.

/** Kinds of faults, in the order in which they are told. */
export const faultKinds = [
  'dropouts',
  'crashes',
  'stragglers',
  'late',
  'corrupt',
  'byzantine',
  'duplicates',
  'serverCrashes',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** How many clients each befell; of `serverCrashes`, how often the server died. */
export type FaultCounts = Readonly<Record<FaultKind, number>>;

export interface PhaseFaults {
  readonly counts: FaultCounts;
  /** On the virtual clock; `null` without one. */
  readonly virtualMs: number | null;
}

/** Of several phases, one after another: nothing of none. */
export function addFaults(
  one: PhaseFaults | undefined,
  other: PhaseFaults | undefined,
): PhaseFaults | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const { virtualMs } = other;
  return {
    counts: countsOf((kind) => one.counts[kind] + other.counts[kind]),
    virtualMs: one.virtualMs === null || virtualMs === null ? virtualMs : one.virtualMs + virtualMs,
  };
}

export function countsOf(count: (kind: FaultKind) => number): FaultCounts {
  return Object.fromEntries(faultKinds.map((kind) => [kind, count(kind)])) as FaultCounts;
}
