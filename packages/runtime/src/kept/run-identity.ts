// What a run is, as one plain object that a store holds, and the one comparison of two: a run is taken up again
// only where nothing differs that could change its numbers, or where the user has seen what does.
import type { Fingerprint } from '@starling/population';
import type { Plain, PlainObject } from '@starling/store';
import { CheckpointError } from '../runtime/errors.js';
import { LINE } from './record-of-run.js';

/** What must be the same for a run to be taken up again: plain data. Hashes are SHA-256 in hexadecimal. */
export type RunIdentity = {
  /** Hash of the plan of a round. */
  readonly plan: string;
  /** Hash of the plan that made the first state; null if there is no state. */
  readonly initialize: string | null;
  readonly seed: number;
  /** What the user has set, such as by `--set`: see `canonicalSettings`. */
  readonly settings: PlainObject;
  /** The faults that are simulated, as the user wrote them; left out if there are none. */
  readonly faults?: PlainObject;
  /** The server's arguments: a hash over their leaves. */
  readonly arguments: string;
  /**
   * By name: what the server's programs run on, and the clients' (where each client chooses for itself, the server's
   * again, since no more is known). Engines give different last bits.
   */
  readonly engine: { readonly server: string; readonly clients: string };
  readonly sampler: { readonly name: string; readonly cohortSize: number; readonly firstCohort: string };
  /** Whom cohorts are drawn from, if it is not the whole population. */
  readonly mode?: 'present';
  /** Of a run whose rounds do not wait. */
  readonly asynchronous?: {
    readonly buffer: number;
    readonly concurrency: number;
    readonly maxStaleness: number;
    readonly clock: 'virtual' | 'real';
  };
  /** What the population answers for itself. */
  readonly population: Fingerprint;
  /** How its clients are asked for evaluations; left out if they are not. */
  readonly evaluation?: {
    readonly plan: string;
    readonly every: number;
    readonly sampler: string;
    /** If they are others than those of the run. */
    readonly population?: Fingerprint;
  };
  /** What decides which state is the best; left out if nothing does. */
  readonly best?: {
    readonly metric: string;
    readonly goal: string;
    readonly minDelta: number;
    /** Rounds from one value to the next. */
    readonly every: number;
  };
  readonly versions: { readonly starling: string; readonly planFormat: number };
};

/** One field, by its path, such as `settings.clients`; `undefined` if one side does not have it. */
export interface IdentityDifference {
  readonly field: string;
  readonly found: Plain | undefined;
  readonly wanted: Plain | undefined;
}

/**
 * Told what differs where a store holds another run; it is taken up all the same, unless this throws.
 */
export type OnOtherRun = (differences: readonly IdentityDifference[]) => void;

/** Another run than the one that is to be taken up: `bad-checkpoint`. */
export class OtherRunError extends CheckpointError {
  readonly differences: readonly IdentityDifference[];
  /** Whether it is taken up with `onOtherRun`. */
  readonly canContinue: boolean;

  /**
   * `action`: what cannot be done with what is kept in `store`. `whyNever`: why it cannot be done with `onOtherRun`
   * either, as a sentence without its end; `null` if it can.
   */
  constructor(
    store: string,
    differences: readonly IdentityDifference[],
    action = 'resume from',
    whyNever: string | null = null,
  ) {
    const lines = differences.map((each) => `\n    ${formatDifference(each)}`).join('');
    const never = whyNever === null ? '' : `\n  ${whyNever}`;
    super(`Cannot ${action} ${store}: need this very run, got one that differs in${lines}${never}`);
    this.differences = differences;
    this.canContinue = whyNever === null;
  }
}

/** Field by field, in the order of `wanted`; empty if the two are of one run. `found` is as a store held it. */
export function identityDifferences(found: PlainObject, wanted: RunIdentity): readonly IdentityDifference[] {
  const { [LINE]: _, ...identity } = found;
  return differencesOf(identity, wanted, '');
}

/** `settings.clients: 40 → 100`; hashes are cut short. */
export function formatDifference({ field, found, wanted }: IdentityDifference): string {
  const isSection = found === undefined && isObject(wanted);
  if (isSection && !field.includes('.')) return `${field}: not told, as by an earlier version of Starling`;
  return `${field}: ${format(found)} → ${format(wanted)}`;
}

function differencesOf(found: PlainObject, wanted: PlainObject, path: string): readonly IdentityDifference[] {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  return [...names].flatMap((name) => {
    const field = path === '' ? name : `${path}.${name}`;
    const [one, other] = [own(found, name), own(wanted, name)];
    if (isObject(one) && isObject(other)) return differencesOf(one, other, field);
    return isSame(one, other) ? [] : [{ field, found: one, wanted: other }];
  });
}

function own(of: PlainObject, name: string): Plain | undefined {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** Whatever the order of an object's fields. */
function isSame(one: Plain | undefined, other: Plain | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, index) => isSame(each, other[index] as Plain));
  }
  if (isObject(one) && isObject(other)) return differencesOf(one, other, '').length === 0;
  return one === other;
}

function isObject(value: Plain | undefined): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function format(value: Plain | undefined): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return /^[0-9a-f]{64}$/.test(value) ? `${value.slice(0, 12)}…` : value;
  return JSON.stringify(value);
}
