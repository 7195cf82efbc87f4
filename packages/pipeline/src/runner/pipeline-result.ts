// What a run of a pipeline is given, and how it ended.
import type { Runtime } from '@starling/runtime';
import type { Artifact } from '../artifacts/artifact.js';
import type { BuiltPipeline } from '../define/define-pipeline.js';

export interface PipelineRunOptions {
  readonly pipeline: BuiltPipeline;
  /** Where artifacts and metadata are kept. */
  readonly directory: string;
  /** Made once for each question to the clients. */
  readonly runtime: () => Runtime | Promise<Runtime>;
  /** 1 by default. */
  readonly seed?: number;
  /** Only these nodes and what they need; all by default. */
  readonly only?: readonly string[];
  /** False runs every node again; true by default. */
  readonly cache?: boolean;
  readonly signal?: AbortSignal;
  readonly onNode?: (event: NodeEvent) => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Called before and after whatever outlives a crash: tests end the process there. */
  readonly onStep?: (step: string) => void;
}

export type NodeStatus = 'waiting' | 'running' | 'complete' | 'cached' | 'refused' | 'failed' | 'skipped';

export interface NodeEvent {
  readonly node: string;
  readonly component: string;
  readonly status: NodeStatus;
  readonly words: string;
  readonly wallMs: number;
}

export interface NodeResult extends NodeEvent {
  /** Names of the nodes whose artifacts it takes. */
  readonly takes: readonly string[];
  readonly artifact: Artifact | null;
  /** Why it refused, failed or was skipped, a line each. */
  readonly reasons: readonly string[];
  /** Whether it was found rather than made. */
  readonly isCached: boolean;
  readonly error: unknown;
}

export interface PipelineResult {
  readonly pipeline: string;
  readonly run: number;
  /** `refused`: judged, and not let through; `failed`: something broke. */
  readonly outcome: 'passed' | 'refused' | 'failed';
  readonly nodes: readonly NodeResult[];
  /** A hash over the artifacts of all nodes: the same for runs that ended in the same. */
  readonly fingerprint: string;
  readonly wallMs: number;
}
