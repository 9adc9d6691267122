import { createSocket } from "node:dgram";

/** What answering OPTIONS costs Node at least: the request's lines come back under a status line, nothing is understood. */
const [address = "127.0.0.1", port = "5060"] = process.argv.slice(2);
const socket = createSocket("udp4");
socket.on("message", (bytes, from) => {
  const text = bytes.toString("latin1");
  const answer = `SIP/2.0 200 OK${text.slice(text.indexOf("\r\n"))}`.replace(/^(To: [^\r]*)/m, "$1;tag=1");
  socket.send(Buffer.from(answer, "latin1"), from.port, from.address);
});
socket.bind(Number(port), address, () => console.log("ready"));
process.once("SIGTERM", () => socket.close());
