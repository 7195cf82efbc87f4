// Where what clients keep is kept, as a caller sees it: of each client of a run, the few versions of its state that the
// run may still ask for. A simulation keeps those of all clients, a client on a device its own. A state is bytes here.
// `testing/client-state-contract.ts` is the suite that every such store passes.

/** What made a version of a client's state names it: see `docs/protocol.md`. */
export interface ClientVersion {
  readonly id: string;
  /** The round that makes it. */
  readonly round: number;
  /** The version that it was made of; `null` for a client's first. */
  readonly base: string | null;
}

export interface OpenClientStates {
  /** The state of a version; `null` if it is not held as a whole: then it is lost. */
  read(client: string, id: string): Promise<Uint8Array | null>;
  /** Holds a version besides those that are there; of one id, the latest. It may be lost until `sync` has resolved. */
  write(client: string, version: ClientVersion, state: Uint8Array): Promise<void>;
  /** Once resolved, what was written outlives the process, where the store does. */
  sync(): Promise<void>;
  /** Lets go of a client's versions that no start of the run will ask for: see `versionsToHold`. */
  settle(client: string, base: string | null, keepFrom: number): Promise<void>;
  /** The versions that are held of a client, the oldest first. */
  versions(client: string): Promise<readonly ClientVersion[]>;
  /** Lets another writer in. */
  close(): Promise<void>;
}

export interface ClientStateStore {
  /** Where it keeps states, in errors: such as a directory. */
  readonly name: string;
  /**
   * The states of a run (1 to 64 letters, digits, `-` and `_`), as their only writer. Throws a `StoreLockedError` if
   * another writer is alive, and a `StoreFailedError` if the disk refuses, as does every call.
   */
  open(run: string): Promise<OpenClientStates>;
}

/**
 * Of a client's versions those that a run may still ask for whose latest is `base`: it, and those that it was made of,
 * back to the one of round `keepFrom`, the oldest round that the run may be taken up after. What was made of an attempt
 * that came to nothing is not among them, nor what a later start made void.
 */
export function versionsToHold<V extends ClientVersion>(
  versions: readonly V[],
  base: string | null,
  keepFrom: number,
): readonly V[] {
  const held: V[] = [];
  for (let id = base; id !== null; ) {
    const version = versions.find((each) => each.id === id && !held.includes(each));
    if (version === undefined) break;
    held.unshift(version);
    if (version.round <= keepFrom) break;
    id = version.base;
  }
  return held;
}
