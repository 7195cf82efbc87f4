// The settings that a kind of aggregation takes, such as `maxInput`, declared as forms by name: their types in
// memory, and how they stand in text (a plan's manifest, a saved computation), follow from the forms. In text all are
// numbers by name: a flag is 0 or 1, and a setting that differs between leaves is `maxInput.0`, `maxInput.1`, ….

/** One number for all leaves of an update, or one for each leaf. */
export type PerLeaf = number | readonly number[];

/**
 * What is left of an update that is τ steps old: a number a stands for 1/(1 + τ)^a, a list for its own factors, of
 * which the last holds for all that is older.
 */
export type Discount = number | readonly number[];

interface ValueByForm {
  readonly number: number;
  readonly optional: number | undefined;
  readonly flag: boolean;
  readonly 'per-leaf': PerLeaf;
  /** An exponent, or a factor for each staleness. */
  readonly 'by-staleness': Discount;
}

export type SettingForm = keyof ValueByForm;

export interface SettingForms {
  readonly [name: string]: SettingForm;
}

/** The settings that fit forms: `{ maxInput: 'per-leaf' }` gives `{ maxInput: PerLeaf }`. */
export type SettingsOf<R extends SettingForms> = { readonly [N in keyof R]: ValueByForm[R[N]] };

/** Settings of any kind. */
export type Settings = SettingsOf<SettingForms>;

/** A setting for the leaf at this position; throws a `RangeError` when there is none. */
export function settingOfLeaf(setting: PerLeaf, leaf: number): number {
  const value = typeof setting === 'number' ? setting : setting[leaf];
  if (value === undefined) {
    throw new RangeError(`Cannot read the setting of leaf ${leaf}: need one for each leaf, got ${setting}`);
  }
  return value;
}

/** Settings as numbers by name, in the order of `settings`. */
export function encodeSettings(settings: Settings): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]): (readonly [string, number])[] => {
      if (value === undefined) return [];
      if (typeof value !== 'object') return [[name, Number(value)]];
      return value.map((one, leaf) => [`${name}.${leaf}`, one]);
    }),
  );
}

/**
 * The settings that `encodeSettings` made such numbers of, in the order of `forms`. Throws a `RangeError`
 * that names the `owner` when a setting is missing, is not a value of its form, or has no form.
 */
export function decodeSettings<const R extends SettingForms>(
  owner: string,
  forms: R,
  numbers: Readonly<Record<string, number>> = {},
): SettingsOf<R> {
  const unread = new Map(Object.entries(numbers));
  const take = (name: string): number | undefined => {
    const value = unread.get(name);
    unread.delete(name);
    return value;
  };
  const fail = (need: string, got: unknown): never => {
    throw new RangeError(`Cannot read the settings of ${owner}: need ${need}, got ${got}`);
  };
  const read = (name: string, form: SettingForm): Settings[string] => {
    const value = take(name);
    switch (form) {
      case 'number':
        return value ?? fail(name, 'none');
      case 'optional':
        return value;
      case 'flag':
        return value === 0 || value === 1 ? value === 1 : fail(`${name} to be 0 or 1`, value ?? 'none');
      case 'by-staleness':
      case 'per-leaf': {
        if (value !== undefined) return value;
        const leaves: number[] = [];
        for (let next = take(`${name}.0`); next !== undefined; next = take(`${name}.${leaves.length}`)) {
          leaves.push(next);
        }
        return leaves;
      }
    }
  };
  const settings = Object.fromEntries(
    Object.entries(forms).flatMap(([name, form]) => {
      const value = read(name, form);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const [surplus] = unread.keys();
  if (surplus !== undefined) fail(Object.keys(forms).join(', ') || 'no settings', surplus);
  return settings as SettingsOf<R>;
}
