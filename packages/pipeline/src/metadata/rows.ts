// What metadata tell of runs and of the executions of their nodes, as plain data.
import type { ArtifactKind, Property } from '../artifacts/artifact.js';

/** How a node of a run ended: `refused` if its artifact refuses what follows. */
export type NodeState = 'complete' | 'cached' | 'failed';
export type RunState = 'running' | 'passed' | 'refused' | 'failed';

export interface RunRow {
  /** From 1, over all runs in the directory. */
  readonly run: number;
  readonly pipeline: string;
  readonly state: RunState;
  /** Artifacts up to this number were there when it began: what it calls the latest is among them. */
  readonly asOf: number;
  /** When it began, milliseconds. */
  readonly startedMs: number;
}

export interface ExecutionRow {
  readonly run: number;
  readonly node: string;
  readonly component: string;
  readonly state: NodeState;
  readonly key: string;
  /** Artifact ids by the name of the input. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Null of one that failed. */
  readonly output: string | null;
  readonly error: string | null;
  readonly wallMs: number;
}

export interface DoneNode extends Omit<ExecutionRow, 'state' | 'error' | 'output'> {
  readonly pipeline: string;
  readonly state: 'complete' | 'cached';
  readonly output: {
    readonly id: string;
    readonly kind: ArtifactKind;
    readonly uri: string;
    readonly properties: Readonly<Record<string, Property>>;
    readonly isRefused: boolean;
  };
}

export interface Metadata {
  /**
   * The pipeline's last run, if it was cut off or has failed, is taken up again; else a new one begins. An earlier one
   * would not know what was blessed since.
   */
  begin(pipeline: string, key: string): RunRow;
  end(run: number, state: Exclude<RunState, 'running'>): void;
  /** Ids of the artifacts that executions of this key gave, the newest first. */
  cached(key: string): readonly string[];
  done(node: DoneNode): void;
  failed(node: Omit<ExecutionRow, 'state' | 'output'> & { readonly pipeline: string }): void;
  runs(): readonly RunRow[];
  executions(run: number): readonly ExecutionRow[];
  /** Outputs of a node's executions, up to an artifact's number, the newest first. */
  outputs(
    pipeline: string,
    kind: ArtifactKind,
    asOf: number,
  ): readonly {
    readonly id: string;
    readonly node: string;
    readonly isRefused: boolean;
    readonly inputs: Readonly<Record<string, string>>;
  }[];
  close(): void;
}
