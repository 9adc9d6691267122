/** A back-to-back user agent: every call goes on to one peer. `node b2bua.ts [ADDRESS PORT PEER-ADDRESS PEER-PORT]`. */
import * as sip from "@trunkline/sip-stack";

const [address = "127.0.0.1", port = "5060", peerAddress = "127.0.0.1", peerPort = "5070"] = process.argv.slice(2);
const transport = sip.udpTransport({ bind: { address, port: Number(port) } });
const destination = { transport: "udp", address: peerAddress, port: Number(peerPort) } as const;
const bodyOf = (sdp: string | undefined) => (sdp === undefined ? {} : { body: sip.sdpBody(sdp) });
const nameAddr = (text = "") => text.replace(/;tag=[^;]*/, "");

/** What happens to one side happens to the other; a function gives it, because neither can be the first. */
const passOn = (other: () => sip.Call): Omit<sip.CallUser, "onAnswer"> => ({
  async onOffer(offer) {
    const outcome = offer.sdp === undefined ? undefined : await other().reinvite(sip.sdpBody(offer.sdp));
    if (outcome?.ok !== true || outcome.response.status >= 300) offer.reject(488);
    else offer.accept(bodyOf(sip.bodyText(outcome.response)).body);
  },
  onRequest: (incoming) => incoming.respond(501),
  onEnded: (end) => other().hangUp(end.cause === "rejected" ? { status: end.response.status } : {}),
});

function connect(inbound: sip.IncomingCall): void {
  const { uri, headers } = inbound.invite;
  const parties = { from: nameAddr(headers.get("From")), to: nameAddr(headers.get("To")) };
  inbound.attach({ ...passOn(() => outbound), onAnswer: (sdp) => outbound.ack(sip.sdpBody(sdp)) });
  const user: sip.OutgoingCallUser = {
    ...passOn(() => inbound),
    onAnswer: () => {},
    onRinging: ({ status }, sdp) => inbound.ring(status === 183 ? 183 : 180, bodyOf(sdp)),
    onAnswered: (_, sdp) => inbound.answer(bodyOf(sdp).body),
  };
  const outbound = agent.call({ uri, ...parties, destination, ...bodyOf(sip.bodyText(inbound.invite)), user });
}

const onRequest = (incoming: sip.IncomingRequest) =>
  incoming.respond(incoming.request.method === "OPTIONS" ? 200 : 405);
const agent = sip.userAgent({ transports: [transport], user: { onCall: connect, onRequest } });
await agent.listen();
console.log(`ready at ${sip.addressText(transport.local)}`);
process.once("SIGTERM", () => agent.close());
