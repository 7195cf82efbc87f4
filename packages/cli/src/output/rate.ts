// Clients a second over the last rounds: what the progress bar and the plain lines show.

const WINDOW_ROUNDS = 10;

export interface Rate {
  /** Counts one round in and gives the rate over the window, in clients a second. */
  add(round: { readonly accepted: number; readonly wallMs: number }): number;
}

export function createRate(): Rate {
  const window: { readonly accepted: number; readonly wallMs: number }[] = [];
  return {
    add(round) {
      window.push(round);
      if (window.length > WINDOW_ROUNDS) window.shift();
      const accepted = window.reduce((sum, { accepted }) => sum + accepted, 0);
      const wallMs = window.reduce((sum, { wallMs }) => sum + wallMs, 0);
      return wallMs > 0 ? (accepted * 1000) / wallMs : 0;
    },
  };
}
