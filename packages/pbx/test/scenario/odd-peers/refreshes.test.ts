import type { SipRequest } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { plainSdp, type RawPeer, responseTo, trunkContact } from "../raw-peer.ts";
import { configText } from "../world.ts";
import { answering, lastRecord, trunkOfOurs } from "./setting.ts";

const config = `${configText.replace("maxMinutes: 2", "maxMinutes: 1000").replace("Day: 3", "Day: 100000")}media: { silenceSeconds: 3600 }\n`;
const timed = (seconds = 90): string[] => [
  trunkContact,
  "Allow: INVITE, ACK, BYE",
  "Supported: timer",
  "Require: timer",
  `Session-Expires: ${seconds};refresher=uac`,
];
/** Audio that only PCMA can carry. */
const unusable = plainSdp().replace("RTP/AVP 0 101", "RTP/AVP 8").replaceAll("0 PCMU", "8 PCMA");

/** A call over a trunk that leaves the session refreshes to us, and what it says to each of them. */
async function refreshed(say: (trunk: RawPeer, invite: SipRequest, number: number) => void, fields = timed()) {
  const { world, trunk } = await trunkOfOurs({ config });
  let invites = 0;
  answering(trunk, (invite) => {
    if (invites === 0) trunk.send(responseTo(invite, "200 OK", fields, plainSdp()));
    else say(trunk, invite, invites);
    invites += 1;
  });
  world.desk.dial("+12025550123");
  await world.clock.advance(2000);
  expect(world.desk.answered).toBe(true);
  return { world, trunk };
}

/** The ports of the trunk to which audio goes now. */
async function portsInUse({ world }: Awaited<ReturnType<typeof refreshed>>): Promise<number[]> {
  const heard: number[] = [];
  const sockets = await Promise.all(
    [4000, 5000].map((port) =>
      world.network.bind({ address: "3.80.16.13", port }, { onDatagram: () => heard.push(port), onError: () => {} }),
    ),
  );
  void world.desk.talk(5);
  await world.clock.advance(1000);
  for (const socket of sockets) socket.close();
  return [...new Set(heard)];
}

test("the answer to a session refresh moves the audio to where it says", async () => {
  const on = await refreshed((trunk, invite) => trunk.send(responseTo(invite, "200 OK", timed(), plainSdp(5000))));
  expect(await portsInUse(on)).toEqual([4000]);
  await on.world.clock.advance(45_000);
  expect(await portsInUse(on)).toEqual([5000]);
});

test.each([
  ["cannot be used", unusable],
  ["switches the audio off", plainSdp(0)],
  ["is missing", ""],
])("an answer to a session refresh that %s leaves the call and its audio as they were", async (_, sdp) => {
  const on = await refreshed((trunk, invite) => trunk.send(responseTo(invite, "200 OK", timed(), sdp)));
  await on.world.clock.advance(300_000);
  expect(on.trunk.requests("INVITE").length).toBeGreaterThan(3);
  expect([on.trunk.requests("BYE"), await portsInUse(on)]).toEqual([[], [4000]]);
});

test.each([488, 500, 503, 403])("a trunk that refuses each session refresh with %i keeps the call", async (status) => {
  const on = await refreshed((trunk, invite) => trunk.send(responseTo(invite, `${status} No`)));
  await on.world.clock.advance(300_000);
  expect([on.trunk.requests("BYE"), await portsInUse(on)]).toEqual([[], [4000]]);
});

test.each([
  [90, 100_000],
  [1800, 1_800_000],
])("a session refresh that gets 100 and nothing else ends the call before its %i s are over", async (seconds, ms) => {
  const { world, trunk } = await refreshed(
    (peer, invite) => peer.send(responseTo(invite, "100 Trying")),
    timed(seconds),
  );
  await world.clock.advance(ms);
  expect([trunk.requests("BYE").length, await world.pbx.operations.calls()]).toEqual([1, []]);
  expect((await lastRecord(world))?.ending.code).toBe("trunk-unreachable");
});

test("a session refresh that gets 100, and its answer a minute later, keeps the call", async () => {
  const { world, trunk } = await refreshed((peer, invite, number) => {
    peer.send(responseTo(invite, "100 Trying"));
    const answer = responseTo(invite, "200 OK", timed(600), plainSdp());
    world.clock.after(number === 1 ? 50_000 : 0, () => peer.send(answer));
  }, timed(600));
  await world.clock.advance(1_000_000);
  expect([trunk.requests("INVITE").length, trunk.requests("BYE").length]).toEqual([4, 0]);
});

test("a re-INVITE that gets 100 and nothing else is cancelled, and offers of the trunk are taken again", async () => {
  const held = config.replace("trunk: {", "trunk: { hold: signalled,");
  const { world, trunk } = await trunkOfOurs({ config: held });
  let invites = 0;
  answering(trunk, (invite) => {
    invites += 1;
    if (invites === 1) return trunk.send(responseTo(invite, "200 OK", [trunkContact], plainSdp()));
    trunk.send(responseTo(invite, "100 Trying"));
  });
  const onRequest = trunk.onRequest;
  trunk.onRequest = (request) => {
    onRequest(request);
    const invite = trunk.requests("INVITE").at(-1);
    if (request.method === "CANCEL" && invite) trunk.send(responseTo(invite, "487 Request Terminated"));
  };
  const call = world.ann.dial("+12025550123");
  await world.clock.advance(2000);
  void call.hold();
  await world.clock.advance(70_000);
  expect(trunk.requests("CANCEL")).toHaveLength(1);
  const [first] = trunk.requests("ACK");
  trunk.send(inDialogOf(first!, 900));
  await world.clock.advance(1000);
  expect(trunk.statuses.at(-1)).toBe(200);
});

test.each([
  ["an offer", plainSdp()],
  ["no offer", ""],
])("a refresh of the trunk with %s leaves a signalled hold as it is", async (_, sdp) => {
  const held = config.replace("trunk: {", "trunk: { hold: signalled,");
  const { world, trunk } = await trunkOfOurs({ config: held });
  answering(trunk, (invite) => trunk.send(responseTo(invite, "200 OK", [trunkContact], plainSdp())));
  const call = world.ann.dial("+12025550123");
  await world.clock.advance(2000);
  void call.hold();
  await world.clock.advance(1000);
  const [first] = trunk.requests("ACK");
  trunk.send(inDialogOf(first!, 900, sdp));
  await world.clock.advance(300);
  const answer = trunk.messages.findLast((each) => each.kind === "response" && each.status === 200);
  expect(Buffer.from(answer!.body).toString()).toContain("a=sendonly\r\n");
});

test.each(["blind", "attended, of the held call", "attended, of the other call"])(
  "a transfer that is %s takes the trunk off a signalled hold",
  async (kind) => {
    const held = config.replace("trunk: {", "trunk: { hold: signalled,");
    const { world, trunk } = await trunkOfOurs({ config: held });
    answering(trunk, (invite) => trunk.send(responseTo(invite, "200 OK", [trunkContact], plainSdp())));
    const call = world.ann.dial("+12025550123");
    await world.clock.advance(2000);
    void call.hold();
    await world.clock.advance(1000);
    const other = kind === "blind" ? undefined : world.ann.dial("212");
    await world.clock.advance(2000);
    void (kind.endsWith("other call") ? other!.refer(call) : call.refer(other ?? "sip:212@198.51.100.204"));
    await world.clock.advance(3000);
    const told = trunk.requests("INVITE").map(({ body }) => /a=(send\w+)/.exec(Buffer.from(body).toString())?.[1]);
    expect(told).toEqual(["sendrecv", "sendonly", "sendrecv"]);
  },
);

test.each([
  ["holds", plainSdp(5000).replace("RTP/AVP 0 101", "RTP/AVP 0 101\r\na=sendonly")],
  ["numbers its formats otherwise", plainSdp(5000).replaceAll("101", "96")],
])("an offer that is made again after 491 is newer than our answer to a trunk that %s meanwhile", async (_, sdp) => {
  const held = config.replace("trunk: {", "trunk: { hold: signalled,");
  const { world, trunk } = await trunkOfOurs({ config: held });
  let invites = 0;
  answering(trunk, (invite) => {
    invites += 1;
    if (invites !== 2) return trunk.send(responseTo(invite, "200 OK", [trunkContact], plainSdp()));
    trunk.send(responseTo(invite, "491 Request Pending"));
    world.clock.after(100, () => trunk.send(inDialogOf(invite, 900, sdp)));
  });
  trunk.onResponse = ({ status, headers }) => {
    if (status === 200 && headers.get("CSeq") === "900 INVITE")
      trunk.send(ackOf(trunk.requests("INVITE").at(-1)!, 900));
  };
  const call = world.ann.dial("+12025550123");
  await world.clock.advance(2000);
  void call.hold();
  await world.clock.advance(10_000);
  const said = trunk.messages.map(({ body }) => Buffer.from(body).toString()).filter((text) => text.includes("o=- "));
  const versions = said.map((text) => Number(/^o=- \d+ (\d+)/m.exec(text)?.[1]));
  expect(versions).toEqual([1, 2, 3, 4]);
  expect(said.at(-1)).toContain("a=sendonly\r\n");
});

/** A re-INVITE in the dialog of a request that came from the server. */
function inDialogOf({ headers }: SipRequest, cseq: number, body = plainSdp(5000)): string {
  return [
    "INVITE sip:x@198.51.100.204:5060 SIP/2.0",
    "Via: SIP/2.0/UDP 3.80.16.13:5060;branch=z9hG4bKagain;rport",
    "Max-Forwards: 70",
    `From: ${headers.get("To")}`,
    `To: ${headers.get("From")}`,
    `Call-ID: ${headers.get("Call-ID")}`,
    `CSeq: ${cseq} INVITE`,
    trunkContact,
    "Content-Type: application/sdp",
    `Content-Length: ${body.length}`,
    "",
    body,
  ].join("\r\n");
}

/** The ACK to a 2xx for a re-INVITE of `inDialogOf`. */
const ackOf = (request: SipRequest, cseq: number): string =>
  inDialogOf(request, cseq, "").replace("INVITE sip", "ACK sip").replace(`${cseq} INVITE`, `${cseq} ACK`);
