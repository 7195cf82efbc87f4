// A federation ready to run, from its name and the settings of a command line: what every command begins with.
import type { Federation, FederationSetup } from '@starling/runtime';
import type { z } from 'zod';
import { UsageError } from '../errors/usage-error.js';
import { federationOf, loadFile } from './load.js';
import { readSettings } from './settings.js';

export interface ReadyFederation {
  readonly name: string;
  readonly description: string;
  /** What may be set, and to what it is. */
  readonly options: z.ZodObject;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly run: FederationSetup;
}

/** Loads a federation and sets it up; throws a `UsageError` if there is none, and as `setUp` does. */
export async function setUpFederation(
  nameOrPath: string,
  given: Readonly<Record<string, string>>,
): Promise<ReadyFederation> {
  return setUp(await federationOf(await loadFile(nameOrPath)), given);
}

/**
 * Checks the settings, and builds. Throws a `UsageError` if a setting is unknown, or out of the range that the
 * federation takes; what else its build throws passes through.
 */
export async function setUp(
  federation: Federation,
  given: Readonly<Record<string, string>>,
): Promise<ReadyFederation> {
  const { name, description, options } = federation;
  const settings = await readSettings(options, given, name);
  try {
    return { name, description, options, settings, run: await federation.build(settings) };
  } catch (error) {
    const isOfSettings = error instanceof RangeError && Object.keys(given).length > 0;
    if (isOfSettings && (await builds(federation, await readSettings(options, {}, name)))) {
      throw new UsageError(`Cannot set up ${name}`, { cause: error });
    }
    throw error;
  }
}

/** Whether the federation builds with these settings: a range error that its defaults meet too is no one's setting. */
async function builds(federation: Federation, settings: ReadyFederation['settings']): Promise<boolean> {
  try {
    await federation.build(settings);
    return true;
  } catch {
    return false;
  }
}
