import type { SipResponse } from "@trunkline/sip-stack";
import { afterEach, expect, test } from "vitest";
import { inviteTo, message, plainSdp, RawPeer, responseTo, serverAt, trunkAt, trunkContact } from "../raw-peer.ts";
import { annsNumber, makeWorld, type World } from "../world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
let world: World | undefined;
let trunk: RawPeer | undefined;

afterEach(async () => {
  trunk?.close();
  await world?.close();
  world = undefined;
});

/** A call to the trunk that is answered with these fields, and hung up by the desk. */
async function answeredWith(
  fields: readonly string[],
  sdp = plainSdp(),
): Promise<{ requests: string[]; world: World }> {
  const on = await makeWorld(fair, { connected: false });
  world = on;
  const peer = await RawPeer.open(on);
  trunk = peer;
  peer.onRequest = (request) => {
    if (request.method === "INVITE") peer.send(responseTo(request, "200 OK", fields, sdp));
    else if (request.method !== "ACK") peer.send(responseTo(request, "200 OK"));
  };
  on.desk.dial("+12025550123");
  await on.clock.advance(1500);
  expect(on.desk.answered).toBe(true);
  on.desk.hangUp();
  await on.clock.advance(5000);
  const requests = ["INVITE", "ACK", "BYE"].filter((method) => peer.requests(method).length > 0);
  return { requests, world: on };
}

const whole = ["INVITE", "ACK", "BYE"];

test.each([
  ["a host name in Contact", ["Contact: <sip:+12025550123@sbc7.carrier.example:5060>"]],
  ["a host name in Record-Route", [trunkContact, "Record-Route: <sip:edge.carrier.example;lr>"]],
  ["a strict router with a host name", [trunkContact, "Record-Route: <sip:edge.carrier.example>"]],
  ["no Contact", []],
  ["an empty Contact", ["Contact: "]],
  ["a tel URI in Contact", ["Contact: <tel:+12025550123>"]],
  ["a Contact that cannot be read", ["Contact: <<sip:x>"]],
  ["a private address in Contact", ["Contact: <sip:gw@10.20.30.40:5060>"]],
  ["port 0 in Contact", [`Contact: <sip:gw@${trunkAt.address}:0>`]],
  ["a transport that is not there", [`Contact: <sip:gw@${trunkAt.address};transport=tcp>`]],
  ["an unknown transport", [`Contact: <sip:gw@${trunkAt.address};transport=sctp>`]],
  ["a Record-Route that cannot be read", [trunkContact, "Record-Route: edge"]],
  ["two Contacts", [trunkContact, "Contact: <sip:other@10.0.0.1>"]],
  [
    "two Session-Expires",
    [trunkContact, "Session-Expires: 3600", "Min-SE: 300", "Session-Expires: 1800", "Min-SE: 90"],
  ],
  ["two Content-Types", [trunkContact, "Content-Type: application/sdp"]],
  ["two equal Content-Lengths", [trunkContact, `Content-Length: ${Buffer.byteLength(plainSdp())}`]],
  ["a Contact without brackets", [`Contact: sip:far@${trunkAt.address}:5060;transport=udp`]],
  ["lines that have no name", [trunkContact, "this is no header", ": nor this"]],
])("a trunk that answers with %s gets ACK and BYE", async (_, fields) => {
  expect((await answeredWith(fields)).requests).toEqual(whole);
});

/** The ACK of a 200 to an INVITE. */
const ackOf = ({ headers }: SipResponse): string =>
  message([
    `ACK sip:trunkline@${serverAt.address} SIP/2.0`,
    `Via: SIP/2.0/UDP ${trunkAt.address}:${trunkAt.port};branch=z9hG4bKack`,
    ...(["From", "To", "Call-ID"] as const).map((name) => `${name}: ${headers.get(name)}`),
    "CSeq: 1 ACK",
  ]);

test.each<[string, string | undefined]>([
  ["no Contact", undefined],
  ["a tel URI in Contact", "<tel:+12025550123>"],
  ["a star in Contact", "*"],
])("a trunk that calls with %s is answered, and gets the BYE", async (_, Contact) => {
  world = await makeWorld(fair, { connected: false });
  const peer = await RawPeer.open(world);
  trunk = peer;
  peer.onRequest = (request) => peer.send(responseTo(request, "200 OK"));
  peer.onResponse = (response) => {
    if (response.status === 200) peer.send(ackOf(response));
  };
  peer.send(inviteTo(`sip:${annsNumber}@${serverAt.address}`, { Contact }));
  await world.clock.advance(1500);
  expect(peer.statuses).toContain(200);
  world.ann.last.hangUp();
  await world.clock.advance(1500);
  expect(peer.requests("BYE")).toHaveLength(1);
});
