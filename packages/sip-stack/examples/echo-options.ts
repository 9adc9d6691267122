/** Answers OPTIONS and nothing else: `node echo-options.ts [ADDRESS] [PORT]`. */
import { addressText, udpTransport, userAgent } from "@trunkline/sip-stack";

const [address = "127.0.0.1", port = "5060"] = process.argv.slice(2);
const transport = udpTransport({ bind: { address, port: Number(port) } });

const agent = userAgent({
  transports: [transport],
  product: "echo-options",
  // Each request is remembered for 32 s in case it comes again: 500 a second are 16,000.
  limits: { maxTransactions: 200_000 },
  user: {
    onCall: (call) => call.reject(486),
    onRequest: (incoming) => incoming.respond(incoming.request.method === "OPTIONS" ? 200 : 405),
  },
});

await agent.listen();
console.log(`ready at ${addressText(transport.local)}`);
process.once("SIGTERM", () => agent.close());
