import { levelOfHzInPcmu } from "@trunkline/media-relay/testing";
import { type Outcome, sdpBody } from "@trunkline/sip-stack";
import { describe, expect, test } from "vitest";
import {
  announcement,
  connectorAt,
  dial,
  first,
  Listener,
  lineOf,
  ourSdp,
  owned,
  payloads,
  pbxAt,
  pressKey,
  scene,
  speakAndHear,
  withoutRecordRoute,
} from "./scene.ts";

describe("a call of the PBX to any number", () => {
  test("rings with early media for a second, is answered, and every frame comes back byte for byte", async () => {
    const here = await scene();
    const { call, listener } = dial(here.pbx, "+12025550123");
    await here.clock.advance(900);
    expect(listener.events).toEqual(["183 with SDP"]);
    expect(payloads(here.heard).length).toBeGreaterThan(35);
    await here.clock.advance(200);
    expect(listener.events).toEqual(["183 with SDP", "200"]);
    const { said, came } = await speakAndHear(here, listener.sdp);
    expect(came).toEqual(said);
    call.hangUp();
    await here.clock.advance(100);
    expect(listener.events.at(-1)).toBe("local hung-up");
    expect(here.connector.counters()).toMatchObject({ calls: 0, dropped: {} });
  });

  test("shows the connector's headers and the same SDP in 183 and 200", async () => {
    const { pbx, clock, wire } = await scene();
    const { call } = dial(pbx, "+12025550123");
    await clock.advance(1200);
    const [ringing, ok] = [first(wire, "5060 SIP/2.0 183"), first(wire, "5060 SIP/2.0 200")];
    expect(lineOf(ringing, "Record-Route")).toMatch(
      /^Record-Route: <sip:3\.80\.16\.13:5062;lr;ftag=\w+;did=\w{3}\.\w{4};nat=yes>$/,
    );
    expect(lineOf(ok, "Record-Route")).toBe(lineOf(ringing, "Record-Route"));
    expect(lineOf(ok, "Contact")).toBe("Contact: <sip:10.0.58.47:5060;alias=10.0.58.47~5060~1>");
    expect(lineOf(ok, "Allow")).toBe("");
    expect(ok.split("\r\n\r\n")[1]).toContain("o=Sonus_UAC 5");
    expect(ok.split("\r\n\r\n")[1]).toBe(ringing.split("\r\n\r\n")[1]);
    expect(lineOf(first(wire, "5062 ACK sip:10.0.58.47"), "Route")).toBe(
      lineOf(ok, "Record-Route").replace("Record-", ""),
    );
    call.hangUp();
  });

  test("without an ACK over the route set ends after 32 s with the Reason ACK timeout", async () => {
    const { pbx, clock, wire, connector } = await scene({ transport: withoutRecordRoute });
    const { listener } = dial(pbx, "+12025550123");
    await clock.advance(33_500);
    expect(listener.events).toEqual(["183 with SDP", "200", "remote bye"]);
    expect(lineOf(first(wire, "5060 BYE"), "Reason")).toBe('Reason: SIP;cause=200;text="ACK timeout"');
    expect(connector.counters().dropped).toEqual({});
  });
});

describe("inside a call", () => {
  const talking = async () => {
    const here = await scene();
    const { call, listener } = dial(here.pbx, "+12025550123");
    await here.clock.advance(1200);
    return { ...here, call, sdp: listener.sdp ?? "" };
  };

  test("a hold is answered with recvonly, and after the resume the echo is back", async () => {
    const here = await talking();
    const held = here.call.reinvite(sdpBody(ourSdp("sendonly")));
    await here.clock.advance(100);
    expect(await held).toMatchObject({ ok: true, response: { status: 200 } });
    expect(Buffer.from(bodyOf(await held)).toString()).toContain("a=recvonly");
    expect((await speakAndHear(here, here.sdp)).came).toEqual([]);
    const resumed = here.call.reinvite(sdpBody(ourSdp()));
    await here.clock.advance(100);
    expect(Buffer.from(bodyOf(await resumed)).toString()).toContain("a=sendrecv");
    expect((await speakAndHear(here, here.sdp, 20)).came.length).toBeGreaterThanOrEqual(19);
    here.call.hangUp();
  });

  test("an offer that cannot be used is refused and the call goes on", async () => {
    const here = await talking();
    const asked = here.call.reinvite(sdpBody("v=0\r\n"));
    await here.clock.advance(100);
    expect(await asked).toMatchObject({ response: { status: 488 } });
    expect((await speakAndHear(here, here.sdp, 20)).came.length).toBeGreaterThanOrEqual(19);
    here.call.hangUp();
  });

  test.each([
    ["OPTIONS", 200],
    ["INFO", 501],
    ["REFER", 501],
  ])("%s gets %i", async (method, status) => {
    const here = await talking();
    const asked = here.call.request(method);
    await here.clock.advance(100);
    expect(await asked).toMatchObject({ ok: true, response: { status } });
    here.call.hangUp();
  });
});

const bodyOf = (outcome: Outcome): Uint8Array => (outcome.ok ? outcome.response.body : new Uint8Array());

describe("the numbers with a behaviour of their own", () => {
  test.each([
    ["+15005550001", "486 Busy Here"],
    ["+15005550003", "404 Not Found"],
    ["+15005550004", "503 Service Unavailable"],
    ["+442079460958", "403 Country is not allowed"],
    ["12025550123", "404 Not Found"],
  ])("%s: %s", async (to, ending) => {
    const { pbx, clock } = await scene();
    const { listener } = dial(pbx, to);
    await clock.advance(100);
    expect(listener.events).toEqual([ending]);
  });

  test("a caller id that is not owned is refused in the connector's words", async () => {
    const { pbx, clock } = await scene();
    const { listener } = dial(pbx, "+12025550123", "+12125550100");
    await clock.advance(100);
    expect(listener.events).toEqual(["403 Caller Id +12125550100 is not valid"]);
  });

  test("the number that never answers rings until it is cancelled", async () => {
    const { pbx, clock, heard, wire } = await scene();
    const { call, listener } = dial(pbx, "+15005550002");
    await clock.advance(60_000);
    expect(listener.events).toEqual(["183 with SDP"]);
    call.hangUp();
    await clock.advance(100);
    expect(listener.events).toEqual(["183 with SDP", "local hung-up"]);
    expect(first(wire, "5060 SIP/2.0 487")).not.toBe("");
    const before = heard.length;
    await clock.advance(1000);
    expect(heard).toHaveLength(before);
  });

  test("one plays its recording before any answer, whole, and ends with 480", async () => {
    const { pbx, clock, heard } = await scene();
    const { listener } = dial(pbx, "+15005550005");
    await clock.advance(1000);
    expect(listener.events).toEqual(["183 with SDP", "480 Temporarily Unavailable"]);
    expect(payloads(heard).join("")).toBe(Buffer.from(announcement.pcmu).toString("hex"));
  });

  test("one answers after a second and hangs up after five more", async () => {
    const { pbx, clock } = await scene();
    const { listener } = dial(pbx, "+15005550006");
    await clock.advance(5900);
    expect(listener.events).toEqual(["183 with SDP", "200"]);
    await clock.advance(200);
    expect(listener.events.at(-1)).toBe("remote bye");
  });

  test("one says each key back as its tones, for 200 ms, and nothing between", async () => {
    const here = await scene();
    const { call, listener } = dial(here.pbx, "+15005550007");
    await here.clock.advance(1500);
    here.heard.length = 0;
    await pressKey(here, listener.sdp, 5);
    await here.clock.advance(1000);
    const frames = payloads(here.heard);
    expect(frames.length).toBeGreaterThanOrEqual(9);
    expect(frames.length).toBeLessThanOrEqual(11);
    const sound = Buffer.from(frames.join(""), "hex");
    const [low, high, ...others] = [770, 1336, 697, 852, 1209, 1477].map((hz) => levelOfHzInPcmu(sound, hz));
    expect([low, high].map((level) => Math.round(level ?? 0))).toEqual([-12, -12]);
    expect(Math.max(...others)).toBeLessThan(-30);
    call.hangUp();
  });

  test("one refreshes its session, holds and resumes", async () => {
    const { pbx, clock } = await scene();
    const { call, listener } = dial(pbx, "+15005550008");
    await clock.advance(8000);
    expect(listener.events.slice(2)).toEqual(["INVITE sendrecv", "INVITE sendonly", "INVITE sendrecv"]);
    call.hangUp();
  });

  test("an address of several that refuses answers 503, one that is dead says nothing, calls out come from one that serves", async () => {
    const { pbx, clock, connector, wire } = await scene();
    connector.fare(0, "refusing");
    const { listener } = dial(pbx, "+12025550123");
    await clock.advance(100);
    expect(listener.events).toEqual(["503 Service Unavailable"]);
    await expect(connector.call({ from: "+12025550123", to: owned })).resolves.toMatchObject({ outcome: "failed" });
    connector.fare(0, "dead");
    const before = wire.length;
    const { listener: other } = dial(pbx, "+12025550123");
    await clock.advance(33_000);
    expect(other.events).toEqual(["failure timeout"]);
    expect(wire.slice(before).filter((text) => text.startsWith("5060"))).toEqual([]);
  });

  test("a call cancelled at once leaves nothing, whatever was still being set up", async () => {
    const { pbx, clock, connector } = await scene();
    const { call } = dial(pbx, "+15005550002");
    await clock.advance(2);
    call.hangUp();
    await clock.advance(1000);
    expect(connector.counters().calls).toBe(0);
  });

  test("an offer without PCMU is refused with 488", async () => {
    const { pbx, clock } = await scene();
    const listener = new Listener();
    const { port, address } = connectorAt;
    const body = sdpBody(
      ourSdp().replace("PCMU/8000", "opus/48000").replace("AVP 0 ", "AVP 96 ").replace("rtpmap:0", "rtpmap:96"),
    );
    const [uri, from, to] = [
      `sip:+12025550123@${address}:${port}`,
      `<sip:${owned}@${pbxAt.address}>`,
      "<sip:+12025550123@x>",
    ];
    pbx.call({ uri, from, to, destination: { transport: "udp", port, address }, body, user: listener });
    await clock.advance(100);
    expect(listener.events).toEqual([expect.stringMatching(/^488 /)]);
  });
});

test("OPTIONS gets a bare 200 that names no capability and says where it came from", async () => {
  const { pbx, clock, wire } = await scene();
  const { address, port } = connectorAt;
  const asked = pbx.request({
    method: "OPTIONS",
    uri: `sip:${address}:${port}`,
    from: `<sip:${pbxAt.address}>`,
    to: `<sip:${address}>`,
    destination: { transport: "udp", address, port },
  });
  await clock.advance(100);
  expect(await asked).toMatchObject({ ok: true, response: { status: 200 } });
  const ok = first(wire, "5060 SIP/2.0 200");
  expect(lineOf(ok, "Via")).toMatch(/received=198\.51\.100\.204/);
  expect(lineOf(ok, "Via")).toMatch(/rport=5060/);
  for (const name of ["Allow", "Supported", "Accept", "Contact", "Content-Type"]) expect(lineOf(ok, name)).toBe("");
});

test.each([1, 2, 3, 4, 5, 6])(
  "with every fifth datagram lost a call is still answered and ended, seed %i",
  async (seed) => {
    const { pbx, clock } = await scene({ loss: 0.2, seed });
    const { call, listener } = dial(pbx, "+12025550123");
    await clock.advance(30_000);
    expect(listener.events).toContain("200");
    call.hangUp();
    await clock.advance(1000);
    expect(listener.events.at(-1)).toBe("local hung-up");
  },
);

test("closing hangs up what is up", async () => {
  const here = await scene();
  const { listener } = dial(here.pbx, "+12025550123");
  await here.clock.advance(1200);
  await here.connector.close();
  await here.clock.advance(100);
  expect(listener.events.at(-1)).toBe("remote bye");
  expect(here.connector.counters().calls).toBe(0);
});
