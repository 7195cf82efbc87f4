// A socket as the client sees it: what Node's `ws` and a browser's WebSocket both can do.

export interface ClientSocket {
  /** `sent`: called once nothing reads the frame any more; it may never be, such as where that is not known. */
  send(frame: Uint8Array, sent?: () => void): void;
  close(code: number, reason: string): void;
  /** Cuts the connection without a word. */
  terminate(): void;
}

export interface SocketEvents {
  open(): void;
  /**
   * A binary message, whose memory is the client's from then on: it is freed once it is read. `null` for a text
   * message, which the protocol does not have.
   */
  message(frame: Uint8Array | null): void;
  /** The coordinator gave a sign of life. Where it never comes, silence is not taken for a fault. */
  ping(): void;
  /** Once, at the end, also if the connection was never made. */
  close(code: number, reason: string): void;
}

export type Connect = (url: string, events: SocketEvents) => ClientSocket;
