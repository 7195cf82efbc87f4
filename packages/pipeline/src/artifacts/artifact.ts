// An artifact: what a component has made, as files under a name that is the hash of what they hold. Two runs that make
// the same have the same artifact.

/** What components hand to each other; the names are TFX's. */
export type ArtifactKind =
  | 'Examples'
  | 'ExampleStatistics'
  | 'Schema'
  | 'ExampleAnomalies'
  | 'TransformGraph'
  | 'Model'
  | 'ModelEvaluation'
  | 'ModelBlessing'
  | 'InfraBlessing'
  | 'PushedModel';

export type Property = string | number;

/** What a component has made, before it has a name. */
export interface Made {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Short facts, to be asked for without opening files. */
  readonly properties?: Readonly<Record<string, Property>>;
  /** Why nothing may go on from here, a sentence each: an anomaly, a constraint that is violated. */
  readonly refused?: readonly string[];
  /** A line for people. */
  readonly summary: string;
}

export interface Artifact<K extends ArtifactKind = ArtifactKind> {
  readonly kind: K;
  /** SHA-256 of all below, in hexadecimal. */
  readonly id: string;
  readonly properties: Readonly<Record<string, Property>>;
  readonly refused: readonly string[];
  readonly summary: string;
  /** Names of files, with the SHA-256 of each. */
  readonly files: Readonly<Record<string, string>>;
  /** The bytes of a file; throws if there is none of that name. */
  read(file: string): Uint8Array;
}

export function textOf(artifact: Artifact, file: string): string {
  return new TextDecoder().decode(artifact.read(file));
}

/** A file that a component has written as JSON; its format is the component's. */
export function jsonOf<T>(artifact: Artifact, file: string): T {
  return JSON.parse(textOf(artifact, file)) as T;
}
