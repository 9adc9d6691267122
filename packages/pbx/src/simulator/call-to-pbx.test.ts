import { type IncomingCall, sdpBody } from "@trunkline/sip-stack";
import { describe, expect, test } from "vitest";
import { first, Listener, lineOf, ourSdp, owned, payloads, type Scene, scene, speakAndHear } from "./scene.ts";

const recordedHeaders = [
  ..."Record-Route Via Via Max-Forwards From To Call-ID CSeq Contact".split(" "),
  ..."Content-Type Content-Length X-VoiceConnector-ID User-Agent".split(" "),
];

describe("a call of the telephone network to the PBX", () => {
  const from = "+12125550100";

  /** The PBX rings each call and answers it a second later. */
  const answering = ({ arriving, clock }: Scene): { calls: IncomingCall[]; listener: Listener } => {
    const [calls, listener] = [[] as IncomingCall[], new Listener()];
    arriving.onCall = (call) => {
      calls.push(call);
      call.attach(listener);
      call.ring(180);
      clock.after(1000, () => call.answer(sdpBody(ourSdp())));
    };
    return { calls, listener };
  };

  test("arrives as the recorded one did, is answered and echoes; the PBX hangs up", async () => {
    const here = await scene();
    const { calls, listener } = answering(here);
    const outcome = here.connector.call({ from, to: owned, id: "one" });
    await here.clock.advance(1100);
    expect(await outcome).toEqual({ id: "one", outcome: "answered", status: 200, words: "Answered." });
    const invite = first(here.wire, "5060 INVITE");
    expect(lineOf(invite, "To")).toBe(`To: <sip:${owned}@198.51.100.204:5060>;transport=UDP`);
    expect(lineOf(invite, "From")).toMatch(/^From: <sip:\+12125550100@10\.0\.58\.47:5060>;tag=\w+$/);
    expect(
      invite
        .split("\r\n\r\n")[0]
        ?.split("\r\n")
        .slice(1)
        .map((line) => line.split(":")[0]),
    ).toEqual(recordedHeaders);
    expect(lineOf(invite, "X-VoiceConnector-ID")).toMatch(/^X-VoiceConnector-ID: [a-z0-9]{22}$/);
    expect(lineOf(invite, "User-Agent")).toBe("User-Agent: VineProx-v2.3");
    const { said, came } = await speakAndHear(here, invite.split("\r\n\r\n")[1]);
    expect(came).toEqual(said.slice(0, came.length));
    expect(came.length).toBeGreaterThanOrEqual(19);
    calls[0]?.hangUp();
    await here.clock.advance(100);
    expect(listener.events).toEqual(["local hung-up"]);
    expect(here.connector.counters()).toMatchObject({ calls: 0, dropped: {} });
  });

  test("takes the answer from early media, which the 200 repeats", async () => {
    const here = await scene();
    const listener = new Listener();
    here.arriving.onCall = (call) => {
      call.attach(listener);
      call.ring(183, { body: sdpBody(ourSdp()) });
      here.clock.after(1000, () => call.answer(sdpBody(ourSdp())));
    };
    const outcome = here.connector.call({ from, to: owned, id: "one" });
    await here.clock.advance(1100);
    expect(await outcome).toMatchObject({ outcome: "answered" });
    const { came } = await speakAndHear(here, first(here.wire, "5060 INVITE").split("\r\n\r\n")[1]);
    expect(came.length).toBeGreaterThanOrEqual(19);
    here.connector.hangUp("one");
  });

  test("fails when the answer names no audio that can be used, and is hung up", async () => {
    const { connector, clock, arriving } = await scene();
    const listener = new Listener();
    arriving.onCall = (call) => {
      call.attach(listener);
      call.answer(sdpBody("v=0\r\n"));
    };
    const outcome = connector.call({ from, to: owned });
    await clock.advance(100);
    expect(await outcome).toMatchObject({ outcome: "failed", status: 488 });
    expect(listener.events).toEqual(["remote bye"]);
  });

  test("fails when the relay has no port left", async () => {
    const { connector, clock, relay, arriving } = await scene();
    arriving.onCall = (call) => call.attach(new Listener());
    const calls = Array.from({ length: 11 }, (_, at) => connector.call({ from, to: owned, id: `${at}` }));
    await clock.advance(100);
    expect(await calls[10]).toMatchObject({ outcome: "failed", status: 503 });
    expect(await relay.counters()).toMatchObject({ sessions: 10 });
    for (let at = 0; at < 10; at += 1) connector.hangUp(`${at}`);
  });

  test("plays a steady tone of 1000 Hz when asked, until the caller hangs up", async () => {
    const here = await scene();
    const { listener } = answering(here);
    const outcome = here.connector.call({ from, to: owned, sound: "tone" });
    await here.clock.advance(1100);
    const { id } = await outcome;
    here.heard.length = 0;
    await here.clock.advance(1000);
    expect(here.heard.length).toBeGreaterThanOrEqual(49);
    expect(new Set(payloads(here.heard)).size).toBe(1);
    here.connector.hangUp(id);
    await here.clock.advance(100);
    expect(listener.events).toEqual(["remote bye"]);
  });

  test("that is refused says so in the words of the Reason, else in the response's own", async () => {
    const { connector, clock, arriving } = await scene();
    arriving.onCall = (call) =>
      call.reject(603, {
        headers: [
          ["Reason", "Q.850;cause=21"],
          ["Reason", 'SIP;cause=603;text="The call was \\"declined\\"."'],
        ],
      });
    const one = connector.call({ from, to: owned, id: "one" });
    await clock.advance(100);
    expect(await one).toEqual({ id: "one", outcome: "refused", status: 603, words: 'The call was "declined".' });
    arriving.onCall = (call) => call.reject(480);
    const other = connector.call({ from, to: owned, id: "other" });
    await clock.advance(100);
    expect(await other).toEqual({ id: "other", outcome: "refused", status: 480, words: "Temporarily Unavailable" });
  });

  test("can be hung up while it rings", async () => {
    const { connector, clock, arriving } = await scene();
    const listener = new Listener();
    arriving.onCall = (call) => {
      call.attach(listener);
      call.ring(180);
    };
    const outcome = connector.call({ from, to: owned, id: "one" });
    await clock.advance(100);
    connector.hangUp("one");
    await clock.advance(100);
    expect(listener.events).toEqual(["remote cancel"]);
    expect(await outcome).toMatchObject({ outcome: "failed", status: 487 });
  });

  test("can be hung up before anything was sent", async () => {
    const { connector, clock, wire } = await scene();
    const outcome = connector.call({ from, to: owned, id: "one" });
    connector.hangUp("one");
    await clock.advance(100);
    expect(await outcome).toMatchObject({ outcome: "failed", status: 487 });
    expect(wire).toEqual([]);
  });

  test("fails after 32 s when nobody is there, and has a name of its own", async () => {
    const { connector, clock, pbx } = await scene();
    await pbx.close();
    const outcome = connector.call({ from, to: owned, id: "one" });
    expect(await connector.call({ from, to: owned, id: "one" })).toMatchObject({ outcome: "failed", status: 400 });
    await clock.advance(33_000);
    expect(await outcome).toMatchObject({ outcome: "failed", status: 408 });
  });
});
