// What a process has used so far. A measuring process asks its client processes for theirs by a message.

export interface ProcessUse {
  /** Of all its threads, since it started. */
  readonly cpuMs: number;
  /** Its largest resident set. */
  readonly peakMemoryMiB: number;
}

export function processUse(): ProcessUse {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, peakMemoryMiB: process.resourceUsage().maxRSS / 1024 };
}

/** What several processes have used together. */
export function addUp(uses: readonly ProcessUse[]): ProcessUse {
  return {
    cpuMs: uses.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    peakMemoryMiB: uses.reduce((sum, { peakMemoryMiB }) => sum + peakMemoryMiB, 0),
  };
}
