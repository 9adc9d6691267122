import { createSocket } from "node:dgram";

/** What passing a call's messages on costs Node at least: each datagram goes to the other side, nothing is understood. */
const [address = "127.0.0.1", port = "5060", peerAddress = "127.0.0.1", peerPort = "5070"] = process.argv.slice(2);
const socket = createSocket("udp4");
let caller = { address: "", port: 0 };
socket.on("message", (bytes, from) => {
  const isAnswer = from.port === Number(peerPort) && from.address === peerAddress;
  if (!isAnswer) caller = from;
  const to = isAnswer ? caller : { address: peerAddress, port: Number(peerPort) };
  socket.send(Buffer.from(bytes.toString("latin1"), "latin1"), to.port, to.address);
});
socket.bind(Number(port), address, () => console.log("ready"));
process.once("SIGTERM", () => socket.close());
