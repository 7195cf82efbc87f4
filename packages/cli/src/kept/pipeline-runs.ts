// What runs of a pipeline have left in a directory: shown, and compared.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Artifact,
  artifactStore,
  type ExecutionRow,
  isRunning,
  type Metadata,
  openMetadata,
  type RunRow,
  textOf,
} from '@starling/pipeline';
import { UsageError } from '../errors/usage-error.js';
import { printLine } from '../output/print.js';
import { formatTable } from '../output/table.js';

/** The nodes of a run, each with what it was made of. */
export async function showRun(
  directory: string,
  { run, json }: { readonly run?: number; readonly json: boolean },
): Promise<void> {
  withMetadata(directory, (metadata) => {
    const shown = runOf(metadata, directory, run);
    const store = artifactStore(join(directory, 'artifacts'));
    const nodes = latestOf(metadata.executions(shown.run)).map((row) => {
      const reasons = read(store, row.output)?.refused ?? [];
      return reasons.length === 0 ? row : { ...row, state: 'refused', reasons };
    });
    const state = stateOf(shown, directory);
    if (json) {
      printLine(JSON.stringify({ ...shown, state, nodes }));
      return;
    }
    const of = (id: string): string =>
      nodes.find(({ output }) => output === id)?.node ?? `${id.slice(0, 12)} of an earlier run`;
    const rows = nodes.map(({ node, state, output, inputs }) => [
      node,
      state,
      output?.slice(0, 12) ?? '',
      Object.values(inputs).map(of).join(', '),
    ]);
    printLine(`${shown.pipeline}, run ${shown.run}: ${state}`);
    if (state === 'cut off') {
      const isLast =
        metadata.runs().findLast(({ pipeline }) => pipeline === shown.pipeline)?.run === shown.run;
      const then = isLast ? '; the same command continues it' : '; a later run was begun since';
      printLine(`Its process ended before it did, after the nodes below${then}.`);
    }
    printLine(formatTable([['node', 'state', 'artifact', 'made of'], ...rows]));
    for (const node of nodes) {
      if ('reasons' in node) for (const reason of node.reasons) printLine(`  ${node.node}: ${reason}`);
      else if (node.error !== null) printLine(`  ${node.node}: ${node.error}`);
    }
    const others = metadata.runs().map((one) => `${one.run} ${stateOf(one, directory)}`);
    if (others.length > 1) printLine(`runs here: ${others.join(', ')}`);
  });
}

/** Nodes whose artifacts differ, with the lines of their files that do. */
export async function showDifference(
  directory: string,
  one: string,
  other: string,
  { json }: { readonly json: boolean },
): Promise<void> {
  withMetadata(directory, (metadata) => {
    const store = artifactStore(join(directory, 'artifacts'));
    const [left, right] = [one, other].map((text) =>
      latestOf(metadata.executions(runOf(metadata, directory, runNumber(text)).run)),
    ) as [readonly ExecutionRow[], readonly ExecutionRow[]];
    const names = [...new Set([...left, ...right].map(({ node }) => node))];
    const differences = names.flatMap((node) => {
      const [a, b] = [left, right].map((rows) => rows.find((row) => row.node === node)?.output ?? null) as [
        string | null,
        string | null,
      ];
      return a === b ? [] : [{ node, from: a, to: b, files: differencesOf(read(store, a), read(store, b)) }];
    });
    if (json) {
      printLine(JSON.stringify({ one: Number(one), other: Number(other), differences }));
      return;
    }
    if (differences.length === 0) printLine(`runs ${one} and ${other} have the same artifacts`);
    for (const { node, from, to, files } of differences) {
      printLine(`${node}: ${from?.slice(0, 12) ?? 'nothing'} → ${to?.slice(0, 12) ?? 'nothing'}`);
      for (const { file, lines } of files) for (const line of lines) printLine(`  ${file}: ${line}`);
    }
  });
}

const MOST_LINES = 20;

function differencesOf(left: Artifact | null, right: Artifact | null) {
  const files = [...new Set([...Object.keys(left?.files ?? {}), ...Object.keys(right?.files ?? {})])];
  return files
    .filter((file) => left?.files[file] !== right?.files[file])
    .map((file) => {
      if (!/\.(json|txt)$/.test(file)) return { file, lines: ['other bytes'] };
      const [a, b] = [left, right].map((artifact) =>
        artifact?.files[file] === undefined ? [] : textOf(artifact, file).split('\n'),
      ) as [string[], string[]];
      const [inA, inB] = [new Set(a), new Set(b)];
      const lines = [
        ...a.filter((line) => !inB.has(line)).map((line) => `- ${line.trim()}`),
        ...b.filter((line) => !inA.has(line)).map((line) => `+ ${line.trim()}`),
      ];
      return {
        file,
        lines:
          lines.length > MOST_LINES
            ? [...lines.slice(0, MOST_LINES), `and ${lines.length - MOST_LINES} lines more`]
            : lines,
      };
    });
}

const read = (store: ReturnType<typeof artifactStore>, id: string | null): Artifact | null =>
  id === null ? null : store.read(id);

/** A run that was killed could not say so: nobody is running it. */
function stateOf({ state }: RunRow, directory: string): string {
  return state === 'running' && !isRunning(directory) ? 'cut off' : state;
}

/** A node that failed and was run again, by its last execution. */
function latestOf(rows: readonly ExecutionRow[]): readonly ExecutionRow[] {
  return [...new Map(rows.map((row) => [row.node, row])).values()];
}

function runNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new UsageError(`Cannot compare runs: need the number of a run, such as 2, got '${text}'`);
}

function runOf(metadata: Metadata, directory: string, run: number | undefined): RunRow {
  const runs = metadata.runs();
  const found = run === undefined ? runs.at(-1) : runs.find((one) => one.run === run);
  if (found !== undefined) return found;
  throw new UsageError(
    `Cannot show a run: ${directory} has ${runs.length === 0 ? 'none' : runs.length === 1 ? 'run 1 alone' : `runs 1 to ${runs.length}`}, got ${run ?? 'no number'}`,
  );
}

function withMetadata(directory: string, use: (metadata: Metadata) => void): void {
  const path = join(directory, 'metadata.sqlite');
  if (!existsSync(path))
    throw new UsageError(`Cannot read runs: need a directory with metadata.sqlite, got ${directory}`);
  const metadata = openMetadata(path, () => 0);
  try {
    use(metadata);
  } finally {
    metadata.close();
  }
}
