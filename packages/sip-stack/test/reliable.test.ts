import { describe, expect, test } from "vitest";
import { sdpBody } from "../src/index.ts";
import { request } from "../src/testing/index.ts";
import { aliceAt, answer, answerText, bobAt, offer, offerText, scene } from "./agents.ts";
import { Probe } from "./probe.ts";

const update = sdpBody("v=0\r\ns=update\r\n");

describe("reliable provisionals (RFC 3262)", () => {
  test("are acknowledged with PRACK one after the other, and the 2xx waits for the last", async () => {
    const { alice, bob, clock, dial, rest } = await scene();
    bob.onCall = (call) => {
      call.ring(183, { body: answer, reliable: true });
      call.ring(180, { reliable: true });
      call.answer(answer);
    };
    const { call, user } = dial({ reliable: "supported" });
    await clock.advance(1000);
    expect(alice.ladder).toEqual([
      ...["> INVITE", "< 183", "> PRACK", "< 200", "< 180", "> PRACK", "< 200", "< 200", "> ACK"],
    ]);
    expect(user.ringing.map(({ status, sdp }) => [status, sdp])).toEqual([
      [183, answerText],
      [180, undefined],
    ]);
    const [first = "", second = ""] = user.ringing.map(({ response }) => response.headers.get("RSeq"));
    expect(Number(second)).toBe(Number(first) + 1);
    const pracks = alice.wire.flatMap(({ message }) =>
      message?.kind === "request" && message.method === "PRACK" ? [message.headers.get("RAck")] : [],
    );
    expect(pracks).toEqual([`${first} 1 INVITE`, `${second} 1 INVITE`]);
    expect(user.answered).toHaveLength(1);
    call.hangUp();
    await rest();
  });

  test("are plain towards a peer that does not ask for them, whatever the application wants", async () => {
    const { alice, bob, clock, dial, rest } = await scene();
    bob.onCall = (call) => call.ring(183, { body: answer, reliable: true });
    const { call, user } = dial();
    await clock.advance(1000);
    expect(alice.ladder).toEqual(["> INVITE", "< 183"]);
    expect(user.ringing[0]?.response.headers.has("RSeq")).toBe(false);
    call.hangUp();
    await rest();
  });

  test.each([[[]], [["100rel"]]])(
    "are sent to a peer that requires them, whether we show that we can or not",
    async (supported) => {
      const { bob, clock, dial, rest, alice } = await scene({}, { supported });
      bob.onCall = (call) => call.ring(180);
      const { call } = dial({ reliable: "required" });
      await clock.advance(100);
      expect(alice.ladder).toEqual(["> INVITE", "< 180", "> PRACK", "< 200"]);
      expect(bob.wire[1]?.message?.headers.get("Require")).toBe("100rel");
      call.hangUp();
      await rest();
    },
  );

  test("carry an offer whose answer comes in the PRACK when the INVITE had none", async () => {
    const { alice, bob, clock, dial, rest } = await scene();
    bob.onCall = (call) => call.ring(183, { body: offer, reliable: true });
    const { call, user } = dial({ reliable: "supported", body: undefined as never });
    await clock.advance(100);
    expect(user.ringing).toMatchObject([{ status: 183, sdp: offerText }]);
    expect(alice.ladder).toEqual(["> INVITE", "< 183"]);
    call.ack(answer);
    await clock.advance(100);
    expect(bob.last().user.answers).toEqual([answerText]);
    bob.last().call.answer(undefined);
    await clock.advance(1000);
    expect(alice.ladder.slice(-2)).toEqual(["< 200", "> ACK"]);
    expect(bob.last().user.answers).toHaveLength(1);
    expect([call.state, bob.last().call.state]).toEqual(["confirmed", "confirmed"]);
    call.hangUp();
    await rest();
  });

  test("settle the session early: an UPDATE may change it before anybody answers", async () => {
    const { bob, clock, dial, rest } = await scene();
    bob.onCall = (call) => call.ring(183, { body: answer, reliable: true });
    const { call, user } = dial({ reliable: "supported" });
    await clock.advance(100);
    const [mine] = await Promise.all([call.request("UPDATE", { body: update }), clock.advance(100)]);
    expect(mine).toMatchObject({ ok: true, response: { status: 200 } });
    const [theirs] = await Promise.all([bob.last().call.request("UPDATE", { body: update }), clock.advance(100)]);
    expect(theirs).toMatchObject({ ok: true, response: { status: 200 } });
    expect([user.offers.length, bob.last().user.offers.length]).toEqual([1, 1]);
    bob.last().call.answer(undefined);
    await clock.advance(100);
    expect(call.state).toBe("confirmed");
    call.hangUp();
    await rest();
  });

  test("without 100rel an UPDATE with an offer does not go out before the call is answered, RFC 3311 section 5.1", async () => {
    const { bob, clock, dial, rest } = await scene();
    bob.onCall = (call) => call.ring(180);
    const { call, user } = dial();
    await clock.advance(100);
    const theirs = bob.last().call.request("UPDATE", { body: update });
    await clock.advance(100);
    expect(user.offers).toEqual([]);
    call.hangUp();
    await clock.advance(100);
    expect(await theirs).toMatchObject({ ok: false });
    await rest();
  });

  test("that nobody acknowledges are repeated with growing intervals and end the call with 504 after 64*T1", async () => {
    const { bob, clock, network, rest } = await scene();
    bob.onCall = (call) => call.ring(180, { reliable: true });
    const probe = await Probe.open(network);
    probe.send(request("INVITE", "sip:bob@10.0.0.2", { Supported: "100rel" }), bobAt);
    await clock.advance(31_900);
    expect(probe.responses.map(({ status }) => status)).toEqual(Array(7).fill(180));
    probe.send(
      request("PRACK", "sip:bob@10.0.0.2", {
        To: probe.responses[0]?.headers.get("To") ?? "",
        CSeq: "2 PRACK",
        RAck: "1 1 INVITE",
      }),
      bobAt,
    );
    await clock.advance(60);
    expect(probe.responses.at(-1)?.status).toBe(481);
    await clock.advance(200);
    expect(probe.responses.at(-1)?.status).toBe(504);
    expect(bob.last().user.ends).toMatchObject([{ by: "failure", error: { code: "SIP_PRACK_MISSING" } }]);
    await rest();
  });

  test("bring an offer of the caller's in the PRACK to the application", async () => {
    const { bob, clock, network, rest } = await scene();
    bob.onCall = (call) => call.ring(183, { body: answer, reliable: true });
    const probe = await Probe.open(network);
    const sdp = { "Content-Type": "application/sdp", body: offerText };
    probe.send(request("INVITE", "sip:bob@10.0.0.2", { Supported: "100rel", ...sdp }), bobAt);
    await clock.advance(100);
    const [early] = probe.responses;
    const prack = {
      To: early?.headers.get("To") ?? "",
      CSeq: "2 PRACK",
      RAck: `${early?.headers.get("RSeq")} 1 INVITE`,
    };
    probe.send(request("PRACK", "sip:bob@10.0.0.2", { ...prack, ...sdp }), bobAt);
    await clock.advance(100);
    expect(bob.last().user.offers).toMatchObject([{ method: "PRACK", sdp: offerText }]);
    expect(Buffer.from(probe.responses.at(-1)?.body ?? []).toString()).toBe(answerText);
    bob.last().call.hangUp();
    await rest();
  });

  test.each([undefined, "supported"] as const)(
    "that come again or too early are not acknowledged, others are (offered: %s)",
    async (reliable) => {
      const { alice, clock, dial, network, rest } = await scene();
      const silent = await Probe.open(network, { address: "10.0.0.3", port: 5060 });
      const { call, user } = dial({
        ...(reliable && { reliable }),
        destination: { transport: "udp", address: "10.0.0.3", port: 5060 },
      });
      await clock.advance(10);
      const [invite] = silent.requests;
      const ring = (rseq: number): void => {
        const copied = ["Via", "From", "Call-ID", "CSeq"].map((name) => `${name}: ${invite?.headers.get(name)}`);
        const lines = [
          ...copied,
          `To: ${invite?.headers.get("To")};tag=x`,
          "Contact: <sip:x@10.0.0.3>",
          "Require: 100rel",
        ];
        silent.sendText(["SIP/2.0 180 Ringing", ...lines, `RSeq: ${rseq}`, "", ""].join("\r\n"), aliceAt);
      };
      for (const rseq of [10, 10, 12, 11, 9]) ring(rseq);
      await clock.advance(100);
      expect(user.ringing).toHaveLength(2);
      const pracks = silent.requests.filter(({ method }) => method === "PRACK");
      expect(pracks.map(({ headers }) => headers.get("RAck"))).toEqual(["10 1 INVITE", "11 1 INVITE"]);
      call.hangUp();
      await alice.agent.close();
      await rest();
    },
  );

  test("without a To tag are heard and not acknowledged", async () => {
    const { alice, clock, dial, network, rest } = await scene();
    const silent = await Probe.open(network, { address: "10.0.0.3", port: 5060 });
    const { call, user } = dial({ destination: { transport: "udp", address: "10.0.0.3", port: 5060 } });
    await clock.advance(10);
    const copied = ["Via", "From", "To", "Call-ID", "CSeq"].map(
      (name) => `${name}: ${silent.requests[0]?.headers.get(name)}`,
    );
    silent.sendText(["SIP/2.0 180 Ringing", ...copied, "Require: 100rel", "RSeq: 1", "", ""].join("\r\n"), aliceAt);
    await clock.advance(10);
    expect(user.ringing.map(({ status }) => status)).toEqual([180]);
    expect(silent.requests.map(({ method }) => method)).toEqual(["INVITE"]);
    call.hangUp();
    await alice.agent.close();
    await rest();
  });

  test.each(Array.from({ length: 25 }, (_, at) => at + 1))(
    "get through a network that loses, seed %i",
    async (seed) => {
      const { bob, clock, dial, rest } = await scene({ seed, loss: 0.25, duplicate: 0.1, reorder: 0.2 });
      bob.onCall = (call) => {
        call.ring(183, { body: answer, reliable: true });
        call.ring(180, { reliable: true });
        call.answer(answer);
      };
      const { call, user } = dial({ reliable: "supported" });
      await clock.advance(40_000);
      expect(user.ringing.map(({ status }) => status)).toEqual([183, 180]);
      expect(user.answered).toHaveLength(1);
      call.hangUp();
      await rest();
    },
  );
});
