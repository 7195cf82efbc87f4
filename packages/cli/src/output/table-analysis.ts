// What an analysis of a table has found: data, which the text, the page and `--json` show.
import type { ColumnSummary } from '@starling/analytics';

export interface TableAnalysis {
  readonly name: string;
  readonly clients: number;
  /** Null if that is withheld. */
  readonly rows: number | null;
  readonly columns: readonly ColumnSummary[];
  /** Of both computations. */
  readonly phases: number;
  readonly bytesPerClient: number;
  readonly minClients: number;
  readonly wallMs: number;
}
