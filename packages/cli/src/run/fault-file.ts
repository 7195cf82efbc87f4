// `--faults FILE`: what goes wrong in a simulation, from a YAML file. Every mistake in it is told with its line, also
// those that show only once the population and the plan are known.
import { readFile } from 'node:fs/promises';
import type { FaultsInput } from '@starling/runtime';
import { type FaultProblem, FaultsError, pathText, readFaults } from '@starling/runtime/faults';
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import { UsageError } from '../errors/usage-error.js';
import { locateFile } from '../files/locate-file.js';

export interface FaultFile {
  readonly faults: FaultsInput;
  /** Runs; what a run finds wrong with the faults becomes a `UsageError` with the lines of the file. */
  explained<T>(run: () => Promise<T>): Promise<T>;
}

const ENDINGS = ['.yaml', '.yml', '.json'] as const;

/** Throws a `UsageError` if there is no such file, it is no YAML, or has other faults than there are. */
export async function readFaultFile(path: string): Promise<FaultFile> {
  const text = await readFile(locateFile(ACTION, path, ENDINGS), 'utf8');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const placed = (offset: number, problem: string): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}: ${problem}`;
  };
  const [mistake] = [...document.errors, ...document.warnings];
  if (mistake !== undefined) {
    throw new UsageError(
      `${ACTION}: ${placed(mistake.pos[0], `need YAML, got a mistake: ${mistake.message}`)}`,
    );
  }
  const worded = (error: FaultsError): UsageError => {
    const problems = error.problems.map(({ path: field, problem }) =>
      placed(offsetOf(document, field), `${pathText(field)}${problem}`),
    );
    return new UsageError(`${ACTION}: ${problems.join('\n  ')}`);
  };
  const explained = async <T>(run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      throw error instanceof FaultsError ? worded(error) : error;
    }
  };
  const given: unknown = document.toJS();
  await explained(async () => readFaults(given));
  return { faults: (given ?? {}) as FaultsInput, explained };
}

const ACTION = 'Cannot simulate faults';

/** Where a field stands: its name, or the item of a list; of one that is missing, what should have it. */
function offsetOf(document: Document, field: FaultProblem['path']): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of field) {
    if (isAlias(node)) node = node.resolve(document);
    let next: unknown;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
      if (pair === undefined) break;
      offset = startOf(pair.key) ?? offset;
      next = pair.value;
    } else if (isSeq(node)) {
      next = node.items[part as number];
      offset = startOf(next) ?? offset;
    }
    node = next;
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
