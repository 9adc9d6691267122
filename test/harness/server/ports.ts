import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";

async function freeTcpPort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, "listening");
  const bound = server.address();
  server.close();
  await once(server, "close");
  if (bound === null || typeof bound === "string") throw new Error("no TCP port");
  return bound.port;
}

async function freeUdpPort(address: string): Promise<number> {
  const socket = createSocket("udp4").bind(0, address);
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  return port;
}

/** A port that nobody has bound at this moment. */
export const freePort = (kind: "tcp" | "udp", address = "127.0.0.1"): Promise<number> =>
  kind === "tcp" ? freeTcpPort(address) : freeUdpPort(address);
