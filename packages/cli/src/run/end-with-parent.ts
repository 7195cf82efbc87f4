// A process that another one has started over a channel ends with it, however that ended: nobody would know of it any
// more.

/** Calls `end` once the process at the other end of the channel is gone; without a channel, never. */
export function whenParentIsGone(end: () => void): void {
  if (process.channel === undefined) return;
  process.once('disconnect', end);
  process.channel.unref();
}
