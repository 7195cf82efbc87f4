// What a server keeps of one run besides what the run's own store has: the submission as it came, and what the operator
// wants of it. A run is there once its `control.json` is; a folder without one is of a submission that was cut off.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StarlingError } from '@starling/federated-core';
import { replaceFileIn } from '@starling/store/directory';
import * as z from 'zod';

const SUBMISSION = 'submission.safetensors';
const CONTROL = 'control.json';

const controlSchema = z.strictObject({
  wanted: z.enum(['running', 'paused', 'stopped']),
  submittedAt: z.iso.datetime(),
});

/** What the operator wants. */
export type RunControl = z.output<typeof controlSchema>;

export interface RunFolder {
  readonly name: string;
  readonly path: string;
  submission(): Promise<Uint8Array>;
  control(): Promise<RunControl>;
  /** Once resolved, it outlives a crash. */
  setControl(control: RunControl): Promise<void>;
}

export function runFolder(directory: string, name: string): RunFolder {
  const path = join(directory, name);
  return {
    name,
    path,
    submission: () => readFile(join(path, SUBMISSION)),
    async control() {
      const file = join(path, CONTROL);
      const parsed = controlSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
      if (parsed.success) return parsed.data;
      throw new StarlingError('bad-state', `Cannot read ${file}: need what a server has written there`);
    },
    setControl: (control) =>
      replaceFileIn(path, CONTROL, new TextEncoder().encode(`${JSON.stringify(control)}\n`)),
  };
}

/** The submission first: only then there is a run. */
export async function createRunFolder(
  directory: string,
  name: string,
  submission: Uint8Array,
  control: RunControl,
): Promise<RunFolder> {
  const folder = runFolder(directory, name);
  await replaceFileIn(folder.path, SUBMISSION, submission);
  await folder.setControl(control);
  return folder;
}

/** Names of the runs of a directory; none if it is missing. */
export async function runsIn(directory: string): Promise<readonly string[]> {
  const isThere = async (name: string): Promise<boolean> =>
    (await readdir(join(directory, name)).catch((): string[] => [])).includes(CONTROL);
  const names = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = await Promise.all(names.map(async (name) => ((await isThere(name)) ? [name] : [])));
  return found.flat().sort();
}
