/** Calls a SIP address over UDP, hangs up two seconds after it answers: `node call.ts ADDRESS PORT [USER]`. */
import { sdpBody, udpTransport, userAgent } from "@trunkline/sip-stack";
import { makeOffer, offerAnswer } from "@trunkline/sip-stack/sdp";

const [address = "127.0.0.1", port = "5060", user = "echo"] = process.argv.slice(2);
const agent = userAgent({
  transports: [udpTransport({ bind: { address: "127.0.0.1", port: 0 } })],
  user: { onCall: (call) => call.reject(486), onRequest: (incoming) => incoming.respond(405) },
});
await agent.listen();

const { sdp } = makeOffer(offerAnswer("1"), { address: "127.0.0.1", rtpPort: 40_000, rtcpPort: 40_001 });
const call = agent.call({
  uri: `sip:${user}@${address}:${port}`,
  from: "<sip:caller@127.0.0.1>",
  to: `<sip:${user}@${address}>`,
  destination: { transport: "udp", address, port: Number(port) },
  body: sdpBody(sdp),
  user: {
    onRinging: ({ status, reason }) => console.log(`${status} ${reason}`),
    onAnswered() {
      console.log("answered");
      setTimeout(() => call.hangUp(), 2000);
    },
    onOffer: (offer) => offer.reject(488),
    onRequest: (incoming) => incoming.respond(501),
    onAnswer: () => {},
    onEnded(end) {
      console.log(`ended: ${end.cause}`);
      setTimeout(() => agent.close(), 500);
    },
  },
});
