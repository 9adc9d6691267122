import { expect, test } from "vitest";
import { answer, answerText, offerText, scene } from "./agents.ts";

test("a call rings, is answered, acknowledged and ended by the caller", async () => {
  const { alice, bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.ring(180);
  const { call, user } = dial();
  await clock.advance(1000);
  expect(user.ringing.map(({ status }) => status)).toEqual([180]);
  expect(bob.last().call.state).toBe("early");
  bob.last().call.answer(answer);
  await clock.advance(100);
  expect(user.answered.map(({ sdp }) => sdp)).toEqual([answerText]);
  expect([call.state, bob.last().call.state]).toEqual(["confirmed", "confirmed"]);
  expect([call.localTag, call.remoteTag]).toEqual([bob.last().call.remoteTag, bob.last().call.localTag]);
  call.hangUp({ headers: [["Reason", 'Q.850;cause=16;text="Normal"']] });
  await clock.advance(100);
  expect(user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  const [end] = bob.last().user.ends;
  expect(end).toMatchObject({ by: "remote", cause: "bye" });
  expect(end?.by === "remote" && "request" in end && end.request.headers.get("Reason")).toBe(
    'Q.850;cause=16;text="Normal"',
  );
  expect(alice.ladder).toEqual(["> INVITE", "< 180", "< 200", "> ACK", "> BYE", "< 200"]);
  await rest();
  expect(alice.agent.counters().totals).toMatchObject({ retransmitted: 0, refused: {} });
});

test("an INVITE goes 70 hops, or as many as its caller says", async () => {
  const { bob, clock, dial, rest, alice } = await scene();
  const hops: (string | undefined)[] = [];
  bob.onCall = (call) => {
    hops.push(call.invite.headers.get("Max-Forwards"));
    call.reject(486);
  };
  dial();
  const { dial: dialWith } = await import("./agents.ts");
  dialWith(alice, { transport: "udp", address: "10.0.0.2", port: 5060 }, { maxForwards: 7 });
  await clock.advance(100);
  expect(hops).toEqual(["70", "7"]);
  await rest();
});

test("the called party hangs up and the caller hears of it", async () => {
  const { bob, clock, dial, rest } = await scene();
  bob.onCall = (call) => call.answer(answer);
  const { user } = dial();
  await clock.advance(100);
  bob.last().call.hangUp();
  bob.last().call.hangUp();
  await clock.advance(100);
  expect(user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  expect(bob.last().user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  await rest();
});

test("an INVITE without an offer gets one in the 2xx and brings the answer in the ACK", async () => {
  const { bob, clock, rest, alice } = await scene();
  const { dial } = await import("./agents.ts");
  bob.onCall = (call) => call.answer({ type: "application/sdp", bytes: new TextEncoder().encode(offerText) });
  const { call, user } = dial(
    alice,
    { transport: "udp", address: "10.0.0.2", port: 5060 },
    { body: undefined as never },
  );
  await clock.advance(1000);
  expect(user.answered.map(({ sdp }) => sdp)).toEqual([offerText]);
  expect(alice.ladder.filter((line) => line === "> ACK")).toEqual([]);
  call.ack(answer);
  await clock.advance(4000);
  expect(bob.last().user.answers).toEqual([answerText]);
  expect([call.state, bob.last().call.state]).toEqual(["confirmed", "confirmed"]);
  call.hangUp();
  await rest();
});

test.each([
  ["sip:bob@10.0.0.2?Route=%3Csip:10.0.0.9;lr%3E&Subject=x", "sip:bob@10.0.0.2"],
  ["sip:bob@10.0.0.2;method=BYE;user=phone", "sip:bob@10.0.0.2;user=phone"],
])("%s is called without what a Request-URI may not have", async (uri, called) => {
  const { bob, clock, dial, rest } = await scene();
  const { call } = dial({ uri });
  await clock.advance(100);
  expect(bob.last().call.invite.uri).toBe(called);
  expect(bob.last().call.invite.headers.has("Route")).toBe(false);
  call.hangUp();
  await rest();
});
