// What a constraint is about: a metric of an evaluation, or the worst tenth of the clients by it. Figures of groups
// stand in group-figure.ts.
import { kinds, usualGoal } from '@starling/federated-core/plan';

/** At which end a limit is. */
export type Bound = 'atLeast' | 'atMost';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A figure as an evaluation has it. */
export interface Measurement {
  /** `null` if there is none. */
  readonly value: number | null;
  /** Why there never is one: it was not computed. `null` if it was. */
  readonly absent: string | null;
  /** What is not known, and could make the figure worse: groups that are withheld. `null` for nothing. */
  readonly open: string | null;
  /** Of which groups the value is; empty of a metric. */
  readonly where: string;
  /** Within which it lies with so much confidence; `null` if that is not known. */
  interval(confidence: number): Interval | null;
}

export interface Figure {
  readonly text: string;
  /** Which values are better; `null` if that is for the caller to say. */
  readonly better: 'higher' | 'lower' | null;
  /** `bound`: of the limit that the figure is held against. */
  measure(figures: unknown, bound: Bound): Measurement;
}

/** A figure, or the name of a metric: dotted within structs, such as `distribution.loss.variance`. */
export type FigureOrName = Figure | string;

export function figureOf(of: FigureOrName): Figure {
  if (typeof of !== 'string') return of;
  return of === 'worst10' ? worst10() : metricFigure(of);
}

/** Of a name that does not say which values are better, more. */
function betterOf(path: string): 'higher' | 'lower' {
  return usualGoal(path) === 'lowest' ? 'lower' : 'higher';
}

function metricFigure(name: string): Figure {
  kinds.text('Cannot make a constraint', 'the name of a metric', name);
  // As the metrics of a run are called by those that choose its best state.
  const path = name.replace(/^evaluation\./, '');
  return {
    text: name,
    better: betterOf(path),
    measure: (figures) => {
      const value = path.split('.').reduce<unknown>(fieldIn, figures);
      return single(name, value, figures);
    },
  };
}

/**
 * The mean of a metric over the worst tenth of the clients: the lowest ones if the limit is a least value, the highest
 * if it is a greatest one. Needs that metric in the `distribution` of the evaluation; without a name, the one there is.
 */
export function worst10(metric?: string): Figure {
  const text = metric === undefined ? 'worst10' : `worst10(${metric})`;
  return {
    text,
    better: betterOf(metric ?? ''),
    measure: (figures, bound) => {
      const spread = fieldIn(figures, 'distribution');
      const names = Object.keys((spread ?? {}) as object);
      if (metric === undefined && names.length !== 1) {
        const found = names.length === 0 ? 'none' : names.join(', ');
        return missing(`${text} needs one metric in the distribution of the evaluation, got ${found}`);
      }
      const name = metric ?? (names[0] as string);
      const value = fieldIn(fieldIn(spread, name), bound === 'atLeast' ? 'lowest' : 'highest');
      if (value === undefined) {
        const found = names.length === 0 ? 'no distribution' : `that of ${names.join(', ')}`;
        return missing(`${text} needs ${name} in the distribution of the evaluation, got ${found}`);
      }
      return single(text, value, figures);
    },
  };
}

/** A measurement of something that was not computed. */
export function missing(absent: string): Measurement {
  return { value: null, absent, open: null, where: '', interval: () => null };
}

/** A field of a record; `undefined` of anything else. */
export function fieldIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function single(text: string, given: unknown, figures: unknown): Measurement {
  const value = typeof given === 'bigint' ? Number(given) : given; // an int64
  if (typeof value === 'number' && Number.isFinite(value)) {
    return { value, absent: null, open: null, where: '', interval: () => null };
  }
  // A record has numbers that are not finite as text.
  if (value === 'NaN' || typeof value === 'number')
    return missing(`${text} is ${value}, which is no measurement`);
  const names = namesIn(figures).join(', ') || 'nothing';
  return missing(`${text} was not computed: there ${names.includes(',') ? 'are' : 'is'} ${names}`);
}

/** The dotted names of numbers. */
function namesIn(value: unknown, prefix = ''): readonly string[] {
  if (typeof value === 'number' || typeof value === 'bigint') return [prefix];
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value))
    return [];
  return Object.entries(value)
    .filter(([name]) => prefix !== '' || name !== 'groups')
    .flatMap(([name, inner]) => namesIn(inner, prefix === '' ? name : `${prefix}.${name}`));
}
