import { expect, test } from "vitest";
import { type Body, sdpBody } from "../src/index.ts";
import { answer, answerText, offer, offerText, scene } from "./agents.ts";

const hold = sdpBody("v=0\r\ns=hold\r\n");

/** Offers that are counted as they are made. */
function offersOfOurs() {
  const made = {
    count: 0,
    make: async () => {
      made.count += 1;
      return sdpBody(`v=0\r\ns=offer ${made.count}\r\n`);
    },
  };
  return made;
}

async function talking(...options: Parameters<typeof scene>) {
  const on = await scene(...options);
  on.bob.onCall = (call) => call.answer(answer);
  const { call, user } = on.dial();
  await on.clock.advance(1000);
  return { ...on, call, user, bobCall: on.bob.last().call, bobUser: on.bob.last().user };
}

test("both sides change the session by re-INVITE", async () => {
  const { bobCall, bobUser, call, clock, rest, user, alice } = await talking();
  const [first] = await Promise.all([call.reinvite(hold), clock.advance(100)]);
  expect(first).toMatchObject({ ok: true, response: { status: 200 } });
  expect(bobUser.offers).toMatchObject([{ method: "INVITE", sdp: "v=0\r\ns=hold\r\n" }]);
  const [second] = await Promise.all([bobCall.reinvite(hold), clock.advance(100)]);
  expect(second).toMatchObject({ ok: true, response: { status: 200 } });
  expect(user.offers).toHaveLength(1);
  expect(alice.ladder.slice(3)).toEqual(["> INVITE", "< 200", "> ACK", "< INVITE", "> 200", "< ACK"]);
  call.hangUp();
  await rest();
});

test("a refused re-INVITE leaves the call as it was", async () => {
  const { bobUser, call, clock, rest } = await talking();
  bobUser.settle = (incoming) => incoming.reject(488);
  const [outcome] = await Promise.all([call.reinvite(hold), clock.advance(100)]);
  expect(outcome).toMatchObject({ ok: true, response: { status: 488 } });
  expect(call.state).toBe("confirmed");
  call.hangUp();
  await rest();
});

test("offers that cross are refused with 491 and both go through later", async () => {
  const { alice, bobCall, bobUser, call, clock, rest, user } = await talking({ delayMs: 50 });
  const both = Promise.all([call.reinvite(hold), bobCall.reinvite(hold)]);
  await clock.advance(10_000);
  const outcomes = await both;
  expect(outcomes.map((outcome) => outcome.ok && outcome.response.status)).toEqual([200, 200]);
  expect(alice.ladder).toContain("< 491");
  expect(alice.ladder).toContain("> 491");
  expect([user.offers.length, bobUser.offers.length]).toEqual([1, 1]);
  call.hangUp();
  await rest();
});

test("an offer that crosses the peer's is made anew when it is sent again", async () => {
  const { bobCall, bobUser, call, clock, rest } = await talking({ delayMs: 50 });
  const made = offersOfOurs();
  const both = Promise.all([call.reinvite(made), bobCall.reinvite(hold)]);
  await clock.advance(10_000);
  expect((await both).map(({ response }) => response?.status)).toEqual([200, 200]);
  expect([made.count, bobUser.offers.map(({ sdp }) => sdp)]).toEqual([2, ["v=0\r\ns=offer 2\r\n"]]);
  call.hangUp();
  await rest();
});

test("while an offer of ours is being made the peer's are refused with 491, and both go through", async () => {
  const { bobCall, bobUser, call, clock, rest, user } = await talking();
  const slow = { make: () => new Promise<Body>((resolve) => clock.after(1000, () => resolve(hold))) };
  const ours = call.reinvite(slow);
  await clock.advance(100);
  const theirs = bobCall.reinvite(hold);
  await clock.advance(10_000);
  expect([await ours, await theirs].map(({ response }) => response?.status)).toEqual([200, 200]);
  expect([user.offers.length, bobUser.offers.length]).toEqual([1, 1]);
  call.hangUp();
  await rest();
});

test("an offer that cannot be made rejects, and keeps neither side from offering later", async () => {
  const { bobCall, call, clock, rest } = await talking();
  const asked = call.reinvite({ make: () => Promise.reject(new Error("no relay")) });
  const next = call.reinvite(hold);
  await expect(asked).rejects.toThrow("no relay");
  await clock.advance(100);
  const theirs = bobCall.reinvite(hold);
  await clock.advance(100);
  expect([await next, await theirs].map(({ response }) => response?.status)).toEqual([200, 200]);
  call.hangUp();
  await rest();
});

test("an offer that is being made when the call ends is not sent", async () => {
  const { alice, call, clock, rest } = await talking();
  const asked = call.reinvite({
    make: () => new Promise<Body>((resolve) => clock.after(1000, () => resolve(hold))),
  });
  await clock.advance(100);
  call.hangUp();
  await clock.advance(2000);
  expect(await asked).toMatchObject({ ok: false, error: { code: "SIP_DIALOG_GONE" } });
  expect(alice.ladder.filter((line) => line === "> INVITE")).toHaveLength(1);
  await rest();
});

test("an offer while the peer's first is unsettled gets 500 with Retry-After", async () => {
  const { alice, bobCall, bobUser, call, clock, rest } = await talking();
  bobUser.settle = () => {};
  const first = call.reinvite(hold);
  await clock.advance(100);
  const second = call.request("UPDATE");
  await clock.advance(100);
  expect(await second).toMatchObject({ ok: true, response: { status: 200 } });
  bobUser.offers[0]?.accept(answer);
  bobUser.offers[0]?.reject(488);
  await clock.advance(100);
  expect(await first).toMatchObject({ ok: true, response: { status: 200 } });
  expect(alice.ladder.filter((line) => line === "> ACK")).toHaveLength(2);
  bobCall.hangUp();
  await rest();
});

test("a re-INVITE without an offer is accepted with one of ours and the ACK brings the answer", async () => {
  const { bob, bobUser, call, clock, network, rest } = await talking();
  const { Probe } = await import("./probe.ts");
  const { request } = await import("../src/testing/index.ts");
  const { bobAt } = await import("./agents.ts");
  const probe = await Probe.open(network);
  bobUser.settle = (incoming) => incoming.accept(offer);
  const dialog = {
    From: `<sip:alice@10.0.0.1>;tag=${call.localTag}`,
    To: `<sip:bob@10.0.0.2>;tag=${call.remoteTag}`,
    "Call-ID": call.callId,
    Contact: "<sip:alice@10.0.0.1:5060>",
  };
  probe.send(request("INVITE", "sip:bob@10.0.0.2", { ...dialog, CSeq: "9 INVITE" }), bobAt);
  await clock.advance(100);
  expect(bobUser.offers).toMatchObject([{ sdp: undefined, method: "INVITE" }]);
  const sdp = { "Content-Type": "application/sdp", body: answerText };
  probe.send(request("ACK", "sip:bob@10.0.0.2", { ...dialog, CSeq: "9 ACK", ...sdp }), bobAt);
  await clock.advance(1000);
  expect(bobUser.answers).toEqual([answerText]);
  expect(probe.responses.map(({ status }) => status)).toEqual([200]);
  probe.send(request("INFO", "sip:bob@10.0.0.2", { ...dialog, CSeq: "3 INFO" }), bobAt);
  await clock.advance(100);
  expect(probe.responses.at(-1)?.status).toBe(500);
  bob.last().call.hangUp();
  await rest();
});

test("UPDATE with SDP is offered to the application, without SDP answered by the stack", async () => {
  const { bobUser, call, clock, rest } = await talking();
  const [empty] = await Promise.all([call.request("UPDATE"), clock.advance(100)]);
  expect(empty).toMatchObject({ ok: true, response: { status: 200 } });
  expect(bobUser.offers).toEqual([]);
  const [full] = await Promise.all([call.request("UPDATE", { body: hold }), clock.advance(100)]);
  expect(bobUser.offers).toMatchObject([{ method: "UPDATE", sdp: "v=0\r\ns=hold\r\n" }]);
  expect(full.ok && full.response.headers.get("Contact")).toBe("<sip:trunkline@10.0.0.2:5060>");
  expect(full.ok && Buffer.from(full.response.body).toString()).toBe(answerText);
  call.hangUp();
  await rest();
});

test("a BYE while a re-INVITE is unsettled ends everything, the re-INVITE with 487", async () => {
  const { alice, bobUser, call, clock, rest } = await talking();
  bobUser.settle = () => {};
  const pending = call.reinvite(hold);
  await clock.advance(100);
  call.hangUp();
  await clock.advance(100);
  expect(await pending).toMatchObject({ ok: true, response: { status: 487 } });
  bobUser.offers[0]?.accept(answer);
  await clock.advance(100);
  expect(bobUser.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  expect(alice.ladder).toContain("< 487");
  await rest();
});

test("a peer that no longer knows the dialog ends the call", async () => {
  const { bob, call, clock, rest, user, network } = await talking();
  await bob.agent.close();
  const { Probe } = await import("./probe.ts");
  const { bobAt, aliceAt } = await import("./agents.ts");
  const stranger = await Probe.open(network, bobAt);
  const pending = call.request("INFO");
  await clock.advance(100);
  const [info] = stranger.requests;
  const lines = ["Via", "From", "To", "Call-ID", "CSeq"].map((name) => `${name}: ${info?.headers.get(name)}`);
  stranger.sendText(["SIP/2.0 481 Gone", ...lines, "", ""].join("\r\n"), aliceAt);
  await clock.advance(100);
  expect(await pending).toMatchObject({ ok: false, error: { code: "SIP_DIALOG_GONE" }, response: { status: 481 } });
  expect(user.ends).toMatchObject([{ by: "failure", cause: "protocol", error: { code: "SIP_DIALOG_GONE" } }]);
  await rest();
});

test("a re-INVITE that nobody answers ends the call after 64*T1", async () => {
  const { bob, call, clock, rest, user } = await talking();
  await bob.agent.close();
  const pending = call.reinvite(hold);
  await clock.advance(33_000);
  expect(await pending).toMatchObject({ ok: false, error: { code: "SIP_TRANSACTION_TIMEOUT" } });
  expect(user.ends).toMatchObject([{ by: "failure", cause: "timeout" }]);
  expect(offerText).toContain("offer");
  await rest();
});

test("INFO and MESSAGE reach the application, OPTIONS is answered, what is unknown gets 405", async () => {
  const { bobUser, call, clock, rest } = await talking();
  const methods = ["INFO", "MESSAGE", "OPTIONS", "PUBLISH"];
  const [outcomes] = await Promise.all([
    Promise.all(methods.map((method) => call.request(method))),
    clock.advance(100),
  ]);
  expect(outcomes.map((outcome) => outcome.ok && outcome.response.status)).toEqual([200, 200, 200, 405]);
  expect(outcomes[2]?.ok && outcomes[2].response.headers.get("Allow")).toContain("INVITE");
  expect(bobUser.requests.map(({ request }) => request.method)).toEqual(["INFO", "MESSAGE"]);
  call.hangUp();
  await clock.advance(100);
  expect(await call.request("INFO")).toMatchObject({ ok: false, error: { code: "SIP_DIALOG_GONE" } });
  expect(await call.reinvite(hold)).toMatchObject({ ok: false, error: { code: "SIP_DIALOG_GONE" } });
  await rest();
});

test("a method that the application says it handles reaches it in a call too", async () => {
  const { bobUser, call, clock, rest } = await talking({}, { allow: ["SUBSCRIBE"] });
  const [outcome] = await Promise.all([call.request("SUBSCRIBE"), clock.advance(100)]);
  expect(outcome).toMatchObject({ ok: true, response: { status: 200 } });
  expect(bobUser.requests.map(({ request }) => request.method)).toEqual(["SUBSCRIBE"]);
  call.hangUp();
  await rest();
});
