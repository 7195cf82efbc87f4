// The rates of a group: what follows from four integers, how many of its examples are positive and taken for it, and so
// on. They are integers, so that they are the same for every split of the examples, and through any sum.

/** How many examples are what they are taken for (true) or not, by what they are taken for. */
export interface Confusion {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly trueNegatives: number;
  readonly falseNegatives: number;
}

/** The order of the four in a tensor. */
export const CELLS = [
  'truePositives',
  'falsePositives',
  'trueNegatives',
  'falseNegatives',
] as const satisfies readonly (keyof Confusion)[];

export type RateName =
  | 'selectionRate'
  | 'truePositiveRate'
  | 'falsePositiveRate'
  | 'trueNegativeRate'
  | 'falseNegativeRate'
  | 'precision'
  | 'falseDiscoveryRate'
  | 'falseOmissionRate'
  | 'accuracy';

export interface RateRule {
  /** The rate is the number of examples in these cells … */
  readonly of: readonly (keyof Confusion)[];
  /** … among those in `of` and in these. */
  readonly against: readonly (keyof Confusion)[];
  /** Which values are better; `null` where that depends on what selecting means. */
  readonly better: 'higher' | 'lower' | null;
  /** What a group without a rate has none of. */
  readonly among: string;
}

/** Each rate by its name. */
export const RATE_RULES = {
  selectionRate: {
    of: ['truePositives', 'falsePositives'],
    against: ['trueNegatives', 'falseNegatives'],
    better: null,
    among: 'examples',
  },
  truePositiveRate: {
    of: ['truePositives'],
    against: ['falseNegatives'],
    better: 'higher',
    among: 'positive examples',
  },
  falsePositiveRate: {
    of: ['falsePositives'],
    against: ['trueNegatives'],
    better: 'lower',
    among: 'negative examples',
  },
  trueNegativeRate: {
    of: ['trueNegatives'],
    against: ['falsePositives'],
    better: 'higher',
    among: 'negative examples',
  },
  falseNegativeRate: {
    of: ['falseNegatives'],
    against: ['truePositives'],
    better: 'lower',
    among: 'positive examples',
  },
  precision: {
    of: ['truePositives'],
    against: ['falsePositives'],
    better: 'higher',
    among: 'examples taken for positive',
  },
  falseDiscoveryRate: {
    of: ['falsePositives'],
    against: ['truePositives'],
    better: 'lower',
    among: 'examples taken for positive',
  },
  falseOmissionRate: {
    of: ['falseNegatives'],
    against: ['trueNegatives'],
    better: 'lower',
    among: 'examples taken for negative',
  },
  accuracy: {
    of: ['truePositives', 'trueNegatives'],
    against: ['falsePositives', 'falseNegatives'],
    better: 'higher',
    among: 'examples',
  },
} as const satisfies Record<RateName, RateRule>;

export const RATE_NAMES = Object.keys(RATE_RULES) as readonly RateName[];

/** The numerator and the denominator of a rate. */
export function partsOfRate(rate: RateName, cells: Confusion): readonly [part: number, whole: number] {
  const { of, against }: RateRule = RATE_RULES[rate];
  const part = of.reduce((sum, cell) => sum + cells[cell], 0);
  return [part, against.reduce((sum, cell) => sum + cells[cell], part)];
}

/** Of a group without an example that it could be a rate of, `null`: 0/0 is no number. */
export function rateOf(rate: RateName, cells: Confusion): number | null {
  const [part, whole] = partsOfRate(rate, cells);
  return whole === 0 ? null : part / whole;
}

export type Rates = { readonly [R in RateName]: number | null };

export function ratesOf(cells: Confusion): Rates {
  return Object.fromEntries(RATE_NAMES.map((rate) => [rate, rateOf(rate, cells)])) as Rates;
}
