import {
  bodyText,
  type IncomingCall,
  type IncomingRequest,
  readRegister,
  type SipRequest,
  sdpBody,
  type UserAgentUser,
  udpTransport,
  userAgent,
} from "../../src/index.ts";
import { answerOffer, offerAnswer } from "../../src/sdp/index.ts";
import { FakeClock, memoryNetwork, seededRandom } from "../../src/testing/index.ts";

const at = { address: "10.0.0.2", port: 5060 };
const senderAt = { address: "10.0.0.9", port: 5060 };
const audio = { address: "10.0.0.2", rtpPort: 4000, rtcpPort: 4001 };
const known = new Set(["OPTIONS", "REGISTER", "MESSAGE"]);

/** What became of one message: the responses on the wire, whether it was read, what the application was given. */
export type Fate = {
  readonly responses: readonly string[];
  readonly status: number | undefined;
  readonly reason: string | undefined;
  readonly read: boolean;
  readonly refused: Readonly<Record<string, number>>;
  readonly calls: readonly IncomingCall[];
  readonly requests: readonly IncomingRequest[];
};

/** An application as ordinary as can be: it answers calls that have audio for it, OPTIONS, REGISTER and MESSAGE. */
class Application implements UserAgentUser {
  readonly calls: IncomingCall[] = [];
  readonly requests: IncomingRequest[] = [];

  onCall(call: IncomingCall): void {
    this.calls.push(call);
    call.attach({
      onAnswer() {},
      onEnded() {},
      onOffer: (offer) => offer.reject(488),
      onRequest: (r) => r.respond(200),
    });
    const answered = answerOffer(offerAnswer("1"), bodyText(call.invite) ?? "", audio);
    if (answered.ok) call.answer(sdpBody(answered.value.sdp));
    else call.reject(488);
  }

  onRequest(request: IncomingRequest): void {
    this.requests.push(request);
    request.respond(this.#statusFor(request.request));
  }

  #statusFor(request: SipRequest): number {
    if (request.method === "REGISTER" && !readRegister(request, { expiresS: 60, minS: 60, maxS: 3600 }).ok) return 400;
    return known.has(request.method) ? 200 : 405;
  }
}

/** Sends one datagram to a user agent on a network in memory and waits until it has said all it has to say at first. */
export async function fateOf(bytes: Uint8Array): Promise<Fate> {
  const clock = new FakeClock();
  const network = memoryNetwork({ clock });
  const application = new Application();
  let read = false;
  const agent = userAgent({
    transports: [udpTransport({ bind: at, network })],
    clock,
    random: seededRandom(1),
    user: application,
    observer: { onWire: ({ direction, outcome }) => (read ||= direction === "in" && outcome === "accepted") },
  });
  const responses: string[] = [];
  network.observe(
    ({ from, bytes: sent }) => from.address === at.address && responses.push(Buffer.from(sent).toString()),
  );
  await agent.listen();
  const sender = await network.bind(senderAt, { onDatagram() {}, onError() {} });
  sender.send(bytes, at);
  await clock.advance(300);
  const { refused } = agent.counters().totals;
  await agent.close();
  const [, status, reason] = /^SIP\/2\.0 (\d{3}) (.*)/.exec(responses[0] ?? "") ?? [];
  const { calls, requests } = application;
  return {
    responses,
    status: status === undefined ? undefined : Number(status),
    reason,
    read,
    refused,
    calls,
    requests,
  };
}
