// A file that stands beside those of a store and must outlive a crash as they do: whole, or not there.
import { replaceFile } from './disk.js';
import { nodeDisk } from './node-disk.js';

/** Puts a file in the place of `name` in `directory`, which is made if it is missing. Durable once resolved. */
export async function replaceFileIn(directory: string, name: string, bytes: Uint8Array): Promise<void> {
  await nodeDisk.makeFolder(directory);
  await replaceFile(nodeDisk, directory, name, bytes);
}
