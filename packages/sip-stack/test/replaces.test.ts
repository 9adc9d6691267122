import { describe, expect, test } from "vitest";
import { replacesOf } from "../src/index.ts";
import { answer, scene } from "./agents.ts";

/** Alice has a call with Bob, who knows Replaces. */
async function calling(isAnswered: boolean) {
  const on = await scene({}, { supported: ["replaces"] });
  on.bob.onCall = (call) => (isAnswered ? call.answer(answer) : call.ring(180));
  const first = on.dial();
  await on.clock.advance(100);
  const replaces = replacesOf(first.call) ?? "";
  const replace = (value: string) => on.dial({ headers: [["Replaces", value]] });
  return { ...on, first, replaces, replace };
}

describe("Replaces (RFC 3891)", () => {
  test("gives the application the call that is to be taken over", async () => {
    const { bob, clock, first, replace, replaces, rest } = await calling(true);
    const [old] = bob.incoming;
    bob.onCall = (call) => {
      call.answer(answer);
      call.replaces?.hangUp();
    };
    const second = replace(replaces);
    await clock.advance(100);
    expect(bob.last().call.replaces).toBe(old?.call);
    expect(first.user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
    expect(second.call.state).toBe("confirmed");
    second.call.hangUp();
    await rest();
  });

  test.each([
    ["a call that does not exist", (value: string) => `x${value}`, 481],
    [
      "tags the wrong way round",
      (value: string) => value.replace("to-tag", "x").replace("from-tag", "to-tag").replace("x", "from-tag"),
      481,
    ],
    ["a confirmed call with early-only", (value: string) => `${value};early-only`, 486],
    ["no tags", () => "call", 400],
  ])("refuses %s", async (_, change, status) => {
    const { clock, first, replace, replaces, rest, bob } = await calling(true);
    const second = replace(change(replaces));
    await clock.advance(100);
    expect(second.user.ends).toMatchObject([{ cause: "rejected", response: { status } }]);
    expect(bob.incoming).toHaveLength(1);
    expect(first.call.state).toBe("confirmed");
    first.call.hangUp();
    await rest();
  });

  test("refuses an early call that came in, takes one that we made", async () => {
    const { alice, bob, clock, first, replace, replaces, rest } = await calling(false);
    const second = replace(replaces);
    await clock.advance(100);
    expect(second.user.ends).toMatchObject([{ cause: "rejected", response: { status: 481 } }]);
    first.call.hangUp();
    await clock.advance(100);
    alice.onCall = (call) => call.ring(180);
    const { dial } = await import("./agents.ts");
    const outgoing = dial(bob, { transport: "udp", address: "10.0.0.1", port: 5060 }, { reach: () => true });
    await clock.advance(100);
    const third = replace(replacesOf(alice.last().call) ?? "");
    await clock.advance(100);
    expect(bob.last().call.replaces).toBe(outgoing.call);
    third.call.hangUp();
    outgoing.call.hangUp();
    await rest();
  });

  test("means nothing to a user agent that was not told to support it", async () => {
    const { bob, clock, dial, rest } = await scene();
    const { call } = dial({ headers: [["Replaces", "nonsense"]] });
    await clock.advance(100);
    expect(bob.last().call.replaces).toBeUndefined();
    call.hangUp();
    const required = dial({ headers: [["Require", "replaces"]] });
    await clock.advance(100);
    expect(required.user.ends).toMatchObject([{ response: { status: 420 } }]);
    await rest();
  });
});
