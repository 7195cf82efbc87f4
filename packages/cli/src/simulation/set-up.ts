// A simulation ready to run, from its name and the settings of a command line: what every command begins with.
import type { Simulation, SimulationRun } from '@starling/runtime';
import type { z } from 'zod';
import { UsageError } from '../errors/usage-error.js';
import { loadSimulation } from './load.js';
import { readSettings } from './settings.js';

export interface ReadySimulation {
  readonly name: string;
  readonly description: string;
  /** What may be set, and to what it is. */
  readonly options: z.ZodObject;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly run: SimulationRun;
}

/**
 * Loads, checks the settings, and builds. Throws a `UsageError` where the simulation or a setting is unknown, or a
 * setting is out of the range that the simulation takes; what else its build throws passes through.
 */
export async function setUpSimulation(
  nameOrPath: string,
  given: Readonly<Record<string, string>>,
): Promise<ReadySimulation> {
  const simulation = await loadSimulation(nameOrPath);
  const { name, description, options } = simulation;
  const settings = readSettings(options, given, name);
  try {
    return { name, description, options, settings, run: await simulation.build(settings) };
  } catch (error) {
    const isOfSettings = error instanceof RangeError && Object.keys(given).length > 0;
    if (isOfSettings && (await builds(simulation, readSettings(options, {}, name)))) {
      throw new UsageError(`Cannot set up ${name}`, { cause: error });
    }
    throw error;
  }
}

/** Whether the simulation builds with these settings: a range error that its defaults meet too is no one's setting. */
async function builds(simulation: Simulation, settings: ReadySimulation['settings']): Promise<boolean> {
  try {
    await simulation.build(settings);
    return true;
  } catch {
    return false;
  }
}
