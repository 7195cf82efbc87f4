// What the same bytes take over `ws` and nothing else, in a process of its own: `node bare-server.js LOAD`. Each round
// sends one buffer of the model's length to every socket, and waits for as many bytes from each. It prints what the
// product's server prints.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import type { SocketLoad } from './socket-work.js';

const load = JSON.parse(process.argv[2]!) as SocketLoad;
const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
await once(server, 'listening');
const sockets: WebSocket[] = [];
let arrived = 0;
let answered = () => {};
const joined = new Promise<void>((resolve) => {
  server.on('connection', (socket) => {
    sockets.push(socket);
    socket.on('message', (data: Buffer) => {
      arrived += data.length;
      if (arrived === load.clients * load.modelBytes) answered();
    });
    if (sockets.length === load.clients) resolve();
  });
});
print({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` });
await joined;
print({ joined: true });
const model = new Uint8Array(load.modelBytes);
for (let round = 0; round < load.rounds; round++) {
  const begun = performance.now();
  arrived = 0;
  const all = new Promise<void>((resolve) => {
    answered = resolve;
  });
  for (const socket of sockets) socket.send(model, { binary: true });
  await all;
  print({ wallMs: performance.now() - begun });
}
print({ peakMiB: process.resourceUsage().maxRSS / 1024 });
for (const socket of sockets) socket.close();
server.close();
