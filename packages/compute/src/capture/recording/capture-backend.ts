// The capture backend: a tf.js backend that computes nothing. A tensor's data is its place in the graph that is
// being recorded; each kernel infers shapes and appends a node. Tensors made before capturing, on another
// backend, enter as constants.
import { type DType, type Tensor, tensor } from '@starling/federated-core';
import { sizeOf } from '@starling/federated-core/plan';
import type { GraphDType, ValueSpec } from '../../graph/kernel-graph.js';
import {
  type BackendValues,
  type DataType,
  engine,
  KernelBackend,
  type TensorInfo,
  util,
} from '../../tensorflow/tf.js';
import { CaptureError } from './capture-error.js';
import { goneTensor, markCaptured } from './ended-tensors.js';
import { drawnDropout, recordDraw } from './randomness.js';
import type { CapturedValue, Recording } from './recording.js';
import { readsAreTolerated } from './value-reads.js';

export const CAPTURE_BACKEND = 'starling-capture';

interface Held {
  readonly value: CapturedValue;
  refCount: number;
}

export class CaptureBackend extends KernelBackend {
  #held = new Map<object, Held>();
  #recording: Recording | null = null;

  /** The recording that kernels are recorded in. */
  get recording(): Recording {
    if (this.#recording === null) {
      throw new CaptureError(
        'not-capturing',
        'Cannot record: no local computation is being captured. Use captured tensors only within the body they were given to',
      );
    }
    return this.#recording;
  }

  /** Records in `recording` while `run` lasts. */
  within<T>(recording: Recording, run: () => T): T {
    const before = this.#recording;
    this.#recording = recording;
    try {
      return run();
    } finally {
      this.#recording = before;
    }
  }

  /** Whether a computation is being captured now. */
  get capturing(): boolean {
    return this.#recording !== null;
  }

  /** A tensor's handle for a value of the graph. */
  hold(value: CapturedValue): TensorInfo {
    const dataId = {};
    markCaptured(dataId, this.recording.outermost);
    this.#held.set(dataId, { value, refCount: 1 });
    return { dataId, shape: [...value.spec.shape], dtype: value.spec.dtype as DataType };
  }

  /** The value behind a tensor; a tensor of another backend becomes a constant. */
  graphValue(info: TensorInfo): CapturedValue {
    const held = this.#held.get(info.dataId);
    const value = held === undefined ? this.#foreign(info) : reshaped(held.value, info);
    if (this.recording.parent !== null && value.recording !== this.recording) {
      this.recording.outerTensors.set(this.recording.parent.read(value), info);
    }
    return value;
  }

  /** A tensor made before capturing: a constant of the whole computation, so that gradients can be taken by it. */
  #foreign(info: TensorInfo): CapturedValue {
    const root = this.recording.outermost;
    const known = root.foreign.get(info.dataId);
    if (known !== undefined) return reshaped(known, info);
    const source = engine().state.tensorInfo.get(info.dataId);
    if (source === undefined || source.backend === this) {
      throw goneTensor(info.dataId, root);
    }
    const values = source.backend.readSync(info.dataId);
    const constant = this.#constant(root, values, info.shape, info.dtype);
    root.foreign.set(info.dataId, constant);
    return constant;
  }

  /** Whether `recording` has read this piece of data from outside of itself. */
  hasRead(recording: Recording, dataId: object): boolean {
    const value = this.#held.get(dataId)?.value ?? recording.outermost.foreign.get(dataId);
    return value !== undefined && value.recording !== recording && recording.hasCaptured(value);
  }

  /** Whether a node of `recording` made this piece of data; inputs of the recording are not made in it. */
  isComputedIn(recording: Recording, dataId: object): boolean {
    const value = this.#held.get(dataId)?.value;
    return value?.recording === recording && !recording.isInput(value);
  }

  /** Forgets every tensor that is still held: those kept with `tf.keep`. */
  forget(): void {
    for (const dataId of this.#held.keys()) engine().removeDataId(dataId, this);
    this.#held = new Map();
  }

  #constant(recording: Recording, values: unknown, shape: readonly number[], dtype: DataType): CapturedValue {
    const spec: ValueSpec = { dtype: dtype as GraphDType, shape: [...shape] };
    if (dtype === 'string') {
      const texts = (values as Uint8Array[]).map((bytes) => util.decodeString(bytes));
      return recording.constant(tensor('string', spec.shape, texts), spec);
    }
    const numbers = values as ArrayLike<number>;
    if (numbers.length > 1 && allEqual(numbers)) {
      const attributes = { shape: spec.shape, value: Number(numbers[0]), dtype };
      return recording.kernel('Fill', {}, attributes)[0] as CapturedValue;
    }
    return recording.constant(numericTensor(spec, numbers), spec);
  }

  override write(values: unknown, shape: number[], dtype: DataType): object {
    const drawn = drawnDropout((distribution) => recordDraw(this.recording, shape, distribution));
    return this.hold(drawn ?? this.#constant(this.recording, values, shape, dtype)).dataId as object;
  }

  override readSync(dataId: object): BackendValues {
    if (!readsAreTolerated()) throw readError();
    const spec = this.#held.get(dataId)?.value.spec;
    const size = sizeOf(spec?.shape ?? []);
    if (spec?.dtype === 'string') return new Array<Uint8Array>(size).fill(new Uint8Array());
    return spec?.dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
  }

  override async read(dataId: object): Promise<BackendValues> {
    return this.readSync(dataId);
  }

  override move(): void {}

  override refCount(dataId: object): number {
    return this.#held.get(dataId)?.refCount ?? 0;
  }

  override incRef(dataId: object): void {
    const held = this.#held.get(dataId);
    if (held !== undefined) held.refCount++;
  }

  override disposeData(dataId: object, force = false): boolean {
    const held = this.#held.get(dataId);
    if (held === undefined) return true;
    held.refCount--;
    if (!force && held.refCount > 0) return false;
    this.#held.delete(dataId);
    return true;
  }

  override numDataIds(): number {
    return this.#held.size;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override epsilon(): number {
    return 1e-7;
  }

  override timerAvailable(): boolean {
    return false;
  }

  override dispose(): void {}
}

function readError(): CaptureError {
  return new CaptureError(
    'value-read',
    "Cannot read a tensor's value while capturing: the body runs once, on shapes alone. Replace dataSync, arraySync, data(), print, comparisons such as `x > 3` and branches on values by tf operations (tf.greater, tf.where, sequenceReduce), or compute the value before and pass it as a parameter. To look at values, run a client by starling debug",
  );
}

/** tf.js may give one piece of data two shapes; the graph then needs a Reshape. */
function reshaped(value: CapturedValue, info: TensorInfo): CapturedValue {
  if (util.arraysEqual([...value.spec.shape], info.shape)) return value;
  return value.recording.kernel('Reshape', { x: value }, { shape: info.shape })[0] as CapturedValue;
}

function allEqual(values: ArrayLike<number>): boolean {
  for (let index = 1; index < values.length; index++) {
    if (!Object.is(values[index], values[0])) return false;
  }
  return true;
}

function numericTensor(spec: ValueSpec, values: ArrayLike<number>): Tensor {
  if (spec.dtype === 'float32') return tensor('float32', spec.shape, Float32Array.from(values));
  if (spec.dtype === 'int32') return tensor('int32', spec.shape, Int32Array.from(values));
  if (spec.dtype === 'bool') return tensor('bool', spec.shape, Uint8Array.from(values, Number));
  throw new CaptureError(
    'unsupported-type',
    `Cannot capture a constant: element type must be float32, int32, bool or string, got ${spec.dtype satisfies DType}`,
  );
}

/** The backend's one instance. */
export const captureBackend = new CaptureBackend();
