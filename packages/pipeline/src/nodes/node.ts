// A node: a component with what it is given, as a value. Nodes are the edges too, since a component takes others as its
// arguments; what kind of artifact a node makes is part of its type, and so a pipeline that is wired wrongly does not
// compile.
import type { Engine } from '@starling/compute';
import type { FederatedComputation, IterativeProcess, LocalRunner } from '@starling/federated-core';
import type { MaybePromise } from '@starling/federated-core/plan';
import type { Artifact, ArtifactKind, Made } from '../artifacts/artifact.js';
import type { Json } from '../artifacts/canonical.js';

export interface Node<K extends ArtifactKind = ArtifactKind> {
  /** Of the artifact that it makes. */
  readonly kind: K;
  /** TFX's word for it, such as `StatisticsGen`. */
  readonly component: string;
  /** Its name within the pipeline. */
  readonly name: string;
  /** What it is given, by the name of the argument. */
  readonly inputs: Readonly<Record<string, Node>>;
  /** Gets ready with the artifacts of its inputs: says what decides the result, and how it is made. */
  prepare(context: NodeContext, inputs: Readonly<Record<string, Artifact>>): MaybePromise<Prepared>;
}

export interface Prepared {
  /** All that the result depends on besides inputs and seed: parameters, and hashes of plans and graphs. */
  readonly identity: Json;
  /** Artifacts of earlier runs that it depends on; null for one that there is none of. */
  readonly earlier?: Readonly<Record<string, Artifact | null>>;
  make(): Promise<Made>;
  /** Whether what an artifact says has been done outside is still there; of a node that does nothing there, true. */
  isThere?(artifact: Artifact): boolean;
}

/** What a node may use while it works. */
export interface NodeContext {
  readonly pipeline: string;
  readonly engine: Engine;
  /** Runs local computations of the server. */
  readonly run: LocalRunner;
  readonly seed: number;
  readonly history: History;
  /** Asks all clients once; all must answer. `data` of the computation is what each holds; `given`: its arguments. */
  ask(computation: FederatedComputation, given?: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Asks so many clients, drawn by the run's seed and by `draw`; all of these must answer. */
  askSome(
    computation: FederatedComputation,
    given: Readonly<Record<string, unknown>>,
    options: { readonly clients: number; readonly draw: string },
  ): Promise<unknown>;
  /** Runs a process over cohorts of the clients, and continues a run of the same name that was cut off. */
  train(run: TrainingRun): Promise<TrainedRun>;
  /** Told what a node does, for those who watch. */
  report(words: string): void;
  /** Called before and after what outlives a crash. */
  onStep(step: string): void;
}

export interface TrainingRun {
  readonly name: string;
  readonly process: IterativeProcess;
  readonly rounds: number;
  /** Null for all clients. */
  readonly cohortSize: number | null;
}

export interface TrainedRun {
  /** The last state, a value of the process's state. */
  readonly state: unknown;
  /** What each round has measured. */
  readonly rounds: readonly { readonly round: number; readonly metrics: unknown }[];
  /** Answers that did not count, over all rounds: of clients that were away, or refused. */
  readonly missing: number;
}

/** What earlier runs of this pipeline have left, up to where this run began. */
export interface History {
  /** The newest statistics whose validator refused nothing, of another span. */
  latestStatistics(node: string, otherThanSpan: string): Artifact<'ExampleStatistics'> | null;
  /** The newest model that was blessed, and is not this one. */
  latestBlessed(pipeline: string, otherThan: string | null): BlessedModel | null;
}

export interface BlessedModel {
  readonly id: string;
  /** Null if it is damaged or gone. An older one would be another standard, and none at all no standard. */
  readonly artifact: Artifact<'Model'> | null;
}

/** The artifact of an input, by its kind. */
export function inputOf<K extends ArtifactKind>(
  inputs: Readonly<Record<string, Artifact>>,
  name: string,
  _node: Node<K>,
): Artifact<K> {
  return inputs[name] as Artifact<K>;
}
