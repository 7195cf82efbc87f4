// What a round reports, as one struct: the computation's own metrics, and `evaluation` where the round was evaluated.

/** A struct's fields as they are; any other value under `value`. */
export function metricsOf(metrics: unknown, evaluation: unknown): Readonly<Record<string, unknown>> {
  const fields = isStruct(metrics)
    ? metrics
    : metrics === null || metrics === undefined
      ? {}
      : { value: metrics };
  return evaluation === null || evaluation === undefined ? fields : { ...fields, evaluation };
}

function isStruct(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !('dtype' in value);
}
