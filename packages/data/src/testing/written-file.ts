// Files that tests write, in a folder that is removed after each test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Tensor } from '@starling/federated-core';
import type { ClientData } from '@starling/population';
import { afterEach } from 'vitest';

let folder: string | null = null;

afterEach(() => {
  if (folder !== null) rmSync(folder, { recursive: true });
  folder = null;
});

/** Writes a file, and gives its path. */
export function written(name: string, content: string | Uint8Array): string {
  folder ??= mkdtempSync(join(tmpdir(), 'starling-data-'));
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** The numbers of a client's column. */
export async function numbers(data: ClientData, index: number, name: string): Promise<readonly number[]> {
  const { columns } = await data.rows(index);
  const { data: values } = (columns as Readonly<Record<string, Tensor>>)[name] as Tensor;
  return Array.from(values as ArrayLike<number>, Number);
}
