// Sockets in a process of their own that answer each message with as many bytes: `node bare-clients.js URL FROM TO LOAD
// MASKS`, where MASKS says whether they mask what they send, as `ws` does.
import { WebSocket } from 'ws';

const [url, from, to, , masks] = process.argv.slice(2);
process.stdin.resume().once('close', () => process.exit());
/** The key 0 leaves bytes as they are, which is what the product's clients do on loopback. */
const generateMask = (key: Buffer): void => void key.fill(0);

let open = Number(to) - Number(from);
for (let index = Number(from); index < Number(to); index++) {
  const options = masks === 'true' ? {} : { generateMask };
  const socket = new WebSocket(url!, { perMessageDeflate: false, ...options });
  socket.on('message', (data: Buffer) => socket.send(new Uint8Array(data.length), { binary: true }));
  socket.on('close', () => {
    open--;
    if (open === 0) process.exit();
  });
}
