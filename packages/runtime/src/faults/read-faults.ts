// Faults from what a user wrote: checked by the schema, defaults filled in, every mistake told with its field.
import { describeValue, didYouMean } from '@starling/federated-core/plan';
import type * as z from 'zod';
import { type Faults, faultsSchema } from './fault-schema.js';
import { type FaultProblem, FaultsError } from './faults-error.js';

/** Throws a `FaultsError` that lists all mistakes. */
export function readFaults(given: unknown): Faults {
  const result = faultsSchema.safeParse(given ?? {}, { reportInput: true });
  if (result.success) return result.data;
  throw new FaultsError(result.error.issues.flatMap((issue) => problemsOf(issue, given)));
}

function problemsOf(issue: z.core.$ZodIssue, given: unknown): readonly FaultProblem[] {
  const path = issue.path as (string | number)[];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => {
        const known = fieldsAt(path, given);
        const names = known.length === 0 ? 'no such field' : `one of ${known.join(', ')}`;
        return { path: [...path, key], problem: `is no field: need ${names}${didYouMean(key, known)}` };
      });
    case 'invalid_union': {
      if (issue.discriminator === undefined) break;
      const { options = [] } = issue as { readonly options?: readonly string[] };
      const got = valueAt(given, path);
      const near = typeof got === 'string' ? didYouMean(got, options) : '';
      return [{ path, problem: `must be ${listed(options)}, got ${describeValue(got)}${near}` }];
    }
    case 'invalid_value': {
      const known = issue.values.map(String);
      const near = typeof issue.input === 'string' ? didYouMean(issue.input, known) : '';
      return [{ path, problem: `must be ${listed(known)}, got ${describeValue(issue.input)}${near}` }];
    }
  }
  return [{ path, problem: `${wordsOf(issue)}, got ${describeValue(valueAt(given, path))}` }];
}

function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'array') return `must have at least ${issue.minimum}`;
      return `must be ${issue.inclusive ? 'at least' : 'above'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'below'} ${issue.maximum}`;
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'custom':
      return issue.message;
    case 'invalid_union':
      return 'must be the number or the name of a client';
    default:
      return `must be otherwise (${issue.message})`;
  }
}

const KINDS: Readonly<Record<string, string>> = {
  number: 'a finite number',
  int: 'a whole number',
  array: 'a list',
  object: 'fields with their values',
  string: 'text',
};

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(' or ');
}

function valueAt(given: unknown, path: readonly (string | number)[]): unknown {
  let value = given;
  for (const part of path) value = (value as Readonly<Record<string | number, unknown>> | null)?.[part];
  return value;
}

/** As much of a zod schema as a walk along a path needs. */
interface Walked {
  readonly def: {
    readonly innerType?: Walked;
    readonly element?: Walked;
    readonly options?: readonly Walked[];
    readonly discriminator?: string;
    readonly values?: readonly unknown[];
  };
  readonly shape?: Readonly<Record<string, Walked>>;
}

/** Names of the fields that what stands at `path` may have; a rule that says by `how` what it is, those of that. */
function fieldsAt(path: readonly (string | number)[], given: unknown): readonly string[] {
  let schema: Walked | undefined = optionOf(faultsSchema as unknown as Walked, given);
  let value = given;
  for (const part of path) {
    value = valueAt(value, [part]);
    const inner: Walked | undefined = schema?.def.element ?? schema?.shape?.[part];
    schema = inner === undefined ? undefined : optionOf(inner, value);
  }
  return Object.keys(schema?.shape ?? {});
}

/** Without what gives defaults or makes read-only; of alternatives the one that the value is of. */
function optionOf(schema: Walked, value: unknown): Walked | undefined {
  const { innerType, options, discriminator } = schema.def;
  if (innerType !== undefined) return optionOf(innerType, value);
  if (options === undefined || discriminator === undefined) return schema;
  const chosen = valueAt(value, [discriminator]);
  return options.find((option) =>
    optionOf(option, value)?.shape?.[discriminator]?.def.values?.includes(chosen),
  );
}
