// Sockets of clients that a test can cut: no goodbye, as when a cable is pulled.
import { type ClientSocket, connectWs, type SocketEvents } from '@starling/client';

export interface CuttableSockets {
  connect(url: string, events: SocketEvents): ClientSocket;
  /** Cuts every open socket. */
  cut(): void;
  /** While true, no connection is made. */
  away: boolean;
}

/** Where nobody listens. */
const NOWHERE = 'ws://127.0.0.1:9';

export function cuttableSockets(): CuttableSockets {
  const open = new Set<{ terminate(): void }>();
  return {
    away: false,
    cut() {
      for (const socket of open) socket.terminate();
    },
    connect(url, events) {
      const socket = connectWs(this.away ? NOWHERE : url, {
        ...events,
        close(code, reason) {
          open.delete(socket);
          events.close(code, reason);
        },
      });
      open.add(socket);
      return socket;
    },
  };
}
