import { expect, test } from "vitest";
import { type AnswerOffer, sdpBody } from "../src/index.ts";
import { answer, answerText, offerText, scene } from "./agents.ts";

async function talking(network: Parameters<typeof scene>[0] = {}) {
  const on = await scene(network);
  on.bob.onCall = (call) => call.answer(answer);
  const { call, user } = on.dial();
  await on.clock.advance(network.loss === undefined ? 100 : 40_000);
  const { user: bobUser } = on.bob.last();
  bobUser.settle = (incoming) => incoming.accept(sdpBody(offerText));
  return { ...on, call, user, bobUser };
}

test("a re-INVITE without an offer gets the peer's, and the answer goes into the ACK", async () => {
  const { alice, bobUser, call, clock, rest } = await talking();
  const offered: string[] = [];
  const pending = call.reinvite((offer) => {
    offered.push(offer);
    return answer;
  });
  await clock.advance(100);
  expect(await pending).toMatchObject({ ok: true, response: { status: 200 } });
  expect([offered, bobUser.answers]).toEqual([[offerText], [answerText]]);
  expect(bobUser.offers).toMatchObject([{ sdp: undefined, method: "INVITE" }]);
  const [again] = await Promise.all([call.reinvite(answer), clock.advance(100)]);
  expect(again).toMatchObject({ ok: true, response: { status: 200 } });
  expect(alice.ladder.filter((line) => line === "> ACK")).toHaveLength(3);
  call.hangUp();
  await rest();
});

test("an answer that takes its time is sent once, though the 2xx comes again and again", async () => {
  const { bobUser, call, clock, rest } = await talking();
  let asked = 0;
  const slow: AnswerOffer = () => {
    asked += 1;
    return new Promise((resolve) => clock.after(5000, () => resolve(answer)));
  };
  const pending = call.reinvite(slow);
  await clock.advance(10_000);
  expect(await pending).toMatchObject({ ok: true });
  expect([asked, bobUser.answers]).toEqual([1, [answerText]]);
  call.hangUp();
  await rest();
});

test.each([
  ["has no answer", () => undefined],
  ["cannot be answered", () => Promise.reject(new Error("no"))],
])("a peer's offer that %s ends the call after its ACK", async (_, refuse) => {
  const { alice, call, clock, rest, user, bobUser } = await talking();
  const pending = call.reinvite(refuse as AnswerOffer);
  await clock.advance(100);
  expect(await pending).toMatchObject({ ok: false, error: { code: "SIP_MESSAGE_INVALID" } });
  expect(alice.ladder.slice(3)).toEqual(["> INVITE", "< 200", "> ACK", "> BYE", "< 200"]);
  expect(user.ends).toMatchObject([{ by: "failure", cause: "protocol" }]);
  expect(bobUser.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  await rest();
});

test("a refused re-INVITE without an offer leaves the call as it was", async () => {
  const { bobUser, call, clock, rest } = await talking();
  bobUser.settle = (incoming) => incoming.reject(488);
  const [outcome] = await Promise.all([call.reinvite(() => answer), clock.advance(100)]);
  expect(outcome).toMatchObject({ ok: true, response: { status: 488 } });
  expect(call.state).toBe("confirmed");
  call.hangUp();
  await rest();
});

test.each(Array.from({ length: 20 }, (_, at) => at + 1))(
  "offers of both sides cross and get through a network that loses, seed %i",
  async (seed) => {
    const { bob, bobUser, call, clock, rest } = await talking({ seed, loss: 0.15, duplicate: 0.1, reorder: 0.2 });
    const both = Promise.all([call.reinvite(() => answer), bob.last().call.reinvite(answer)]);
    await clock.advance(120_000);
    expect((await both).map((outcome) => outcome.response?.status)).toEqual([200, 200]);
    expect(bobUser.answers).toEqual([answerText]);
    call.hangUp();
    await rest();
  },
);
