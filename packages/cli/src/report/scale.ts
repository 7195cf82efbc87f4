// Round numbers for an axis: steps of 1, 2 or 5 times a power of ten (Heckbert, "Nice Numbers for Graph Labels",
// Graphics Gems, 1990), and a linear map from values to pixels.

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
}

/** An axis that covers [low, high] with about `count` ticks on round numbers; a single value gets room around it. */
export function niceAxis(low: number, high: number, count: number): Axis {
  const [from, to] =
    low === high ? [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2] : [low, high];
  const step = niceStep((to - from) / count);
  const first = Math.floor(from / step);
  const last = Math.ceil(to / step);
  // Multiples of the step, divided back from integers where the step is a fraction, so that 0.3 is not
  // 0.30000000000000004.
  const inverse = 1 / step;
  const tickAt = (index: number): number => (step < 1 ? index / Math.round(inverse) : index * step);
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => tickAt(first + index));
  return { low: ticks[0] as number, high: ticks.at(-1) as number, ticks };
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const fraction = rough / power;
  const nice = fraction <= 1 ? 1 : fraction <= 2 ? 2 : fraction <= 5 ? 5 : 10;
  return nice * power;
}

/** A linear map from [low, high] to [start, end] pixels. */
export function linearScale(axis: Axis, start: number, end: number): (value: number) => number {
  const span = axis.high - axis.low;
  return (value) => start + ((value - axis.low) / span) * (end - start);
}
