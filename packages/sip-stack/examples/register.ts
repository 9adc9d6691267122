/** Keeps an address registered until SIGTERM: `node register.ts ADDRESS PORT USER PASSWORD [SECONDS]`. */
import { udpTransport, userAgent } from "@trunkline/sip-stack";

const [address = "127.0.0.1", port = "5060", username = "desk", password = "", seconds = "3600"] =
  process.argv.slice(2);
const agent = userAgent({
  transports: [udpTransport({ bind: { address: "127.0.0.1", port: 0 } })],
  user: { onCall: (call) => call.reject(486), onRequest: (incoming) => incoming.respond(405) },
});
await agent.listen();

const registration = agent.register({
  aor: `sip:${username}@${address}`,
  registrar: `sip:${address}`,
  destination: { transport: "udp", address, port: Number(port) },
  expiresS: Number(seconds),
  credentials: { username, password },
  user: {
    onRegistered: (expiresS) => console.log(`registered for ${expiresS} s`),
    onFailed: (outcome, retryMs) =>
      console.log(`failed: ${outcome.ok ? outcome.response.status : outcome.error.code}, again in ${retryMs} ms`),
  },
});

process.once("SIGTERM", async () => {
  await registration.close();
  console.log("removed");
  await agent.close();
});
