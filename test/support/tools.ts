// What tests need that npm does not bring: a browser, Python with onnxruntime, Compose. A test is left out if its
// tool is missing, and only there: of the tools that `.ci/run` brings, a missing one is a failure.

/** Tools that have to be here, by name: `.ci/run` lists in STARLING_TOOLS what it found or brought. */
const promised = (process.env['STARLING_TOOLS'] ?? '').split(/[\s,]+/);

/**
 * Whether a test must be left out, because `tool` was not found on this machine.
 * @throws if STARLING_TOOLS names the tool, so that the test file fails instead of being skipped.
 */
export function isLeftOut(tool: string, isFound: boolean, names: readonly string[] = promised): boolean {
  if (!isFound && names.includes(tool)) {
    throw new Error(`Cannot test with ${tool}: STARLING_TOOLS promises it, and it was not found`);
  }
  return !isFound;
}
