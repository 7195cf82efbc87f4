// The body of a request, as far as it is taken: how long it is, and how long it may take, is known before it is read.
import type { IncomingMessage } from 'node:http';
import { StarlingError } from '@starling/federated-core';

export interface BodyLimits {
  readonly maxBytes: number;
  /** From the first byte to the last, milliseconds. */
  readonly withinMs: number;
}

/** Throws a `StarlingError` with code `too-big` as soon as it is, and `bad-request` for one that is cut off or late. */
export async function readBody(
  request: IncomingMessage,
  { maxBytes, withinMs }: BodyLimits,
): Promise<Uint8Array> {
  const tooBig = (): StarlingError =>
    new StarlingError('too-big', `Cannot take a body: at most ${maxBytes} bytes, got more`);
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooBig();
  if (request.destroyed && !request.complete) throw cutOff('the connection closed');
  const chunks: Uint8Array[] = [];
  let length = 0;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(cutOff(`not within ${withinMs} ms`)), withinMs);
    const take = (chunk: Uint8Array): void => {
      length += chunk.length;
      chunks.push(chunk);
      if (length > maxBytes) end(tooBig());
    };
    const done = (): void => end(null);
    const gone = (): void => end(cutOff('the connection closed'));
    function end(error: StarlingError | null): void {
      clearTimeout(timer);
      request.off('data', take).off('end', done).off('close', gone).off('error', gone);
      request.on('error', () => {}); // of what is not waited for any more
      if (error === null) resolve(joined(chunks, length));
      else reject(error);
    }
    request.on('data', take).on('end', done).on('close', gone).on('error', gone);
  });
}

function cutOff(why: string): StarlingError {
  return new StarlingError('bad-request', `Cannot take a body: it did not come whole (${why})`);
}

/** In fresh memory that starts 8-aligned, as tensors are read from it. */
function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const body = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.length;
  }
  return body;
}
