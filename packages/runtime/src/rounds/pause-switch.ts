// A switch that holds a run between two attempts, and lets it continue: for one who operates it from outside.

/** What a run looks at. */
export interface PauseSwitch {
  readonly isPaused: boolean;
  /** Calls `changed` at each change from here on, until what it gives back is called. */
  listen(changed: () => void): () => void;
}

/** What its operator holds. */
export interface OperatedPause extends PauseSwitch {
  /**
   * No attempt is chosen from here on; the one at hand is finished, and its round committed. When an observer hears
   * of a round, the next attempt is at hand already.
   */
  pause(): void;
  resume(): void;
}

export function createPauseSwitch(isPaused = false): OperatedPause {
  const listeners = new Set<() => void>();
  let paused = isPaused;
  const turn = (to: boolean): void => {
    if (paused === to) return;
    paused = to;
    for (const changed of listeners) changed();
  };
  return {
    get isPaused() {
      return paused;
    },
    listen(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    pause: () => turn(true),
    resume: () => turn(false),
  };
}
