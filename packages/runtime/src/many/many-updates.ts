// The updates of many clients whose data is loaded: those with datasets of one length work in one call. A client whose
// work is not small, or whose call fails, works by itself, as it would without any of this.
import { allocate, type Column, sizeOf, tensorAt } from '@starling/federated-core/plan';
import type { ClientReport, Leaves, ManyWork } from '@starling/plan/runner';
import { packClients } from './pack-clients.js';

/** A client by itself: its update, or what it is reported as. */
export type WorkAlone = (at: number, input: Leaves) => Promise<Leaves | ClientReport>;

export interface ManyUpdates {
  /** A row for each client, in order. */
  readonly columns: readonly Column[];
  /** Of clients that worked by themselves and gave no update, by row: these rows are not read. */
  readonly lost: ReadonlyMap<number, ClientReport>;
}

/** Numbers that one call computes at most, so that they stay in a core's cache. */
const NUMBERS_A_CALL = 1 << 18;
/** Below so many clients a call, a client's work takes longer than the call itself. */
const FEWEST_A_CALL = 32;

/** `forms`: dtype and shape of each leaf of an update. */
export async function manyUpdates(
  work: ManyWork,
  broadcast: Leaves,
  clients: readonly Leaves[],
  forms: readonly Pick<Column, 'dtype' | 'shape'>[],
  workAlone: WorkAlone,
): Promise<ManyUpdates> {
  const lost = new Map<number, ClientReport>();
  let columns: Column[] | null = null;
  const made = (): Column[] => {
    columns ??= forms.map((form) => emptyColumn(form, clients.length));
    return columns;
  };
  const alone = async (rows: readonly number[]): Promise<void> => {
    for (const row of rows) {
      const given = await workAlone(row, clients[row]!);
      if ('status' in given) lost.set(row, given);
      else for (const [leaf, { data }] of given.entries()) setRow(made()[leaf]!, row, data);
    }
  };
  for (const rows of byLength(clients, work.isRows)) {
    const numbers = work.numbers(longest(clients[rows[0]!]!, work.isRows));
    const most = Math.floor(NUMBERS_A_CALL / Math.max(1, numbers));
    if (most < FEWEST_A_CALL) {
      await alone(rows);
      continue;
    }
    for (let start = 0; start < rows.length; start += most) {
      const part = rows.length <= most ? rows : rows.slice(start, start + most);
      const isAll = part.length === clients.length;
      const own = packClients(isAll ? clients : part.map((row) => clients[row]!), work.isRows);
      let given: readonly Column[];
      try {
        given = await work.run(broadcast, own);
      } catch {
        await alone(part); // one of them has what the call cannot take: it alone is to be lost
        continue;
      }
      if (isAll) return { columns: given, lost };
      for (const [leaf, column] of given.entries()) scatter(made()[leaf]!, column, part);
    }
  }
  return { columns: made(), lost };
}

/** Rows of clients by the lengths of their datasets. */
function byLength(clients: readonly Leaves[], isRows: readonly boolean[]): Iterable<readonly number[]> {
  const all = clients.map((_, row) => row);
  const columns = isRows.flatMap((each, leaf) => (each ? [leaf] : []));
  if (columns.length === 0 || clients.length === 0) return clients.length === 0 ? [] : [all];
  const groups = new Map<number | string, number[]>();
  for (const row of all) {
    const leaves = clients[row]!;
    const key =
      columns.length === 1
        ? leaves[columns[0]!]!.shape[0]!
        : columns.map((leaf) => leaves[leaf]!.shape[0]).join();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups.values();
}

const longest = (leaves: Leaves, isRows: readonly boolean[]): number =>
  isRows.reduce((most, each, leaf) => (each ? Math.max(most, leaves[leaf]!.shape[0]!) : most), 0);

function emptyColumn({ dtype, shape }: Pick<Column, 'dtype' | 'shape'>, clients: number): Column {
  const size = sizeOf(shape);
  return { dtype, shape, size, data: allocate(dtype, clients * size), isShared: false };
}

function scatter(to: Column, from: Column, rows: readonly number[]): void {
  if (from.size === 1 && !from.isShared) {
    const [target, source] = [to.data as Float32Array, from.data as Float32Array];
    for (let at = 0; at < rows.length; at++) target[rows[at]!] = source[at]!;
  } else for (let at = 0; at < rows.length; at++) setRow(to, rows[at]!, tensorAt(from, at).data);
}

function setRow({ data, size }: Column, row: number, values: Column['data']): void {
  (data as Float32Array).set(values as Float32Array, row * size);
}
