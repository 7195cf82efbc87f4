// What the benchmark can measure: a model of the standard work on an engine in a runtime. Plain data, since each
// measurement runs in a process of its own.

export const MODELS = ['lr', 'cnn', 'cnn-dropout', 'lstm'] as const;
export type ModelName = (typeof MODELS)[number];

export const ENGINES = ['onnx', 'tfjs-cpu', 'tfjs-wasm', 'tfjs-node'] as const;
export type EngineChoiceName = (typeof ENGINES)[number];

export const RUNTIMES = ['in-process', 'threads', 'websocket'] as const;
export type RuntimeChoiceName = (typeof RUNTIMES)[number];

export interface Configuration {
  readonly model: ModelName;
  readonly engine: EngineChoiceName;
  readonly runtime: RuntimeChoiceName;
  /** Worker threads, or client processes of the `websocket` runtime. */
  readonly workers: number;
  /** Rounds that are run and not counted. */
  readonly warmup: number;
  /** Rounds that are timed. */
  readonly rounds: number;
}

/** One contender, measured once. */
export interface Measurement {
  /** What ran: the version of a peer, or of Starling's engine. */
  readonly version: string;
  readonly rounds: number;
  readonly medianRoundMs: number;
  readonly bestRoundMs: number;
  /** Of all threads of all processes that take part: the measuring one and its clients, or a peer's. */
  readonly cpuMsPerRound: number;
  /** Largest resident set, data included; that of each process, added up. */
  readonly peakMemoryMiB: number;
  /** From the start of the process, or of training for a peer, to the end of the first round; data not counted. */
  readonly firstRoundMs: number;
  readonly lossBefore: number | null;
  readonly lossAfter: number | null;
}

/** Rounds that take some seconds on two cores with the fast engines. */
const ROUNDS: Readonly<Record<ModelName, { readonly warmup: number; readonly rounds: number }>> = {
  lr: { warmup: 50, rounds: 1000 },
  cnn: { warmup: 2, rounds: 16 },
  'cnn-dropout': { warmup: 2, rounds: 16 },
  lstm: { warmup: 2, rounds: 12 },
};

/** tf.js in plain JavaScript or WebAssembly is some hundred times slower. */
const SLOW_ROUNDS = { warmup: 1, rounds: 5 };

/** How many rounds a measurement takes unless told otherwise. */
export function defaultRounds(
  model: ModelName,
  engine: EngineChoiceName,
): { readonly warmup: number; readonly rounds: number } {
  const isSlow = engine === 'tfjs-cpu' || engine === 'tfjs-wasm';
  return isSlow ? SLOW_ROUNDS : ROUNDS[model];
}

/** Why a model is not measured on an engine, or null if it is. */
export function reasonToSkip(model: ModelName, engine: EngineChoiceName): string | null {
  if (model === 'lr') return null;
  if (engine === 'tfjs-cpu') return 'a step takes tens of seconds in plain JavaScript';
  if (engine === 'tfjs-wasm') return 'tf.js has no WebAssembly kernel for the gradient of a convolution';
  return null;
}
