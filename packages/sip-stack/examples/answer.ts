/** Rings for a second and answers every call, without any sound: `node answer.ts [ADDRESS] [PORT]`. */
import { setTimeout } from "node:timers/promises";
import { addressText, bodyText, type IncomingCall, sdpBody, udpTransport, userAgent } from "@trunkline/sip-stack";
import { answerOffer, offerAnswer } from "@trunkline/sip-stack/sdp";

const [address = "127.0.0.1", port = "5060"] = process.argv.slice(2);
const transport = udpTransport({ bind: { address, port: Number(port) } });
const local = { address, rtpPort: 40_000, rtcpPort: 40_001 };

async function take(call: IncomingCall, offer: string): Promise<void> {
  call.ring(180);
  await setTimeout(1000);
  const answer = answerOffer(offerAnswer("1"), offer, local);
  if (answer.ok) call.answer(sdpBody(answer.value.sdp));
  else call.reject(488);
}

const agent = userAgent({
  transports: [transport],
  user: {
    onCall(call) {
      call.attach({
        onOffer: (offer) => offer.reject(488),
        onRequest: (incoming) => incoming.respond(501),
        onAnswer: () => {},
        onEnded: (end) => console.log(`ended: ${end.cause}`),
      });
      void take(call, bodyText(call.invite) ?? "");
    },
    onRequest: (incoming) => incoming.respond(405),
  },
});

await agent.listen();
console.log(`ready at ${addressText(transport.local)}`);
process.once("SIGTERM", () => agent.close());
