import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { type Address, ownUsage, serve } from "./requests.ts";

/**
 * The least that relaying costs in Node: two connected sockets a call, each datagram handed on as it came. What is measured
 * is set against this.
 */
const [local = "127.0.0.1"] = process.argv.slice(2);
const calls = new Map<string, readonly Socket[]>();

async function connectedTo(peer: Address): Promise<Socket> {
  const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
  // Nobody listens yet, or no longer.
  socket.on("error", () => {});
  socket.bind({ address: local, port: 0, exclusive: true });
  await once(socket, "listening");
  socket.connect(peer.port, peer.address);
  await once(socket, "connect");
  return socket;
}

function close(call: string): void {
  for (const socket of calls.get(call) ?? []) socket.close();
  calls.delete(call);
}

const closeAll = (): void => [...calls.keys()].forEach(close);

serve(
  {
    plainCall: async (peers) => {
      const [a, b] = [await connectedTo(peers.a), await connectedTo(peers.b)];
      a.on("message", (bytes) => b.send(bytes));
      b.on("message", (bytes) => a.send(bytes));
      const call = `${a.address().port}`;
      calls.set(call, [a, b]);
      return { call, a: a.address(), b: b.address() };
    },
    browserCall: () => Promise.reject(new Error("the bare relay knows no browsers")),
    connected: () => Promise.reject(new Error("the bare relay knows no browsers")),
    close: async ({ call }) => {
      if (call === undefined) closeAll();
      else close(call);
      return null;
    },
    usage: async () => ({ ...ownUsage(), refused: {} }),
  },
  async () => closeAll(),
);
