import { describe, expect, test } from "vitest";
import { answer, answerText, scene } from "./agents.ts";

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

describe("on a network that loses, repeats and reorders", () => {
  let lost = 0;
  let repeated = 0;

  test.each(seeds)("calls are set up and ended completely, seed %i", async (seed) => {
    const { alice, bob, clock, dial, rest, network } = await scene({ seed, loss: 0.2, duplicate: 0.1, reorder: 0.2 });
    bob.onCall = (call) => {
      call.ring(180);
      clock.after(2000, () => call.answer(answer));
    };
    const { call, user } = dial();
    await clock.advance(20_000);
    expect(user.answered.map(({ sdp }) => sdp)).toEqual([answerText]);
    expect(bob.incoming).toHaveLength(1);
    expect(bob.last().call.state).toBe("confirmed");
    const outcome = await Promise.race([call.reinvite(answer), clock.advance(40_000)]);
    expect(outcome).toMatchObject({ ok: true, response: { status: 200 } });
    call.hangUp();
    await clock.advance(40_000);
    expect(bob.last().user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
    await rest();
    lost += network.lost;
    repeated += alice.agent.counters().totals.retransmitted + bob.agent.counters().totals.retransmitted;
  });

  test("datagrams were lost and sent again", () => {
    expect(lost).toBeGreaterThan(50);
    expect(repeated).toBeGreaterThan(50);
  });

  test.each(seeds)("calls are cancelled completely, seed %i", async (seed) => {
    const { bob, clock, dial, rest } = await scene({ seed, loss: 0.25, duplicate: 0.1, reorder: 0.2 });
    bob.onCall = (call) => call.ring(180);
    const { call, user } = dial();
    await clock.advance(1000);
    call.hangUp();
    await clock.advance(100_000);
    expect(user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
    for (const taken of bob.incoming) {
      taken.call.hangUp();
      await clock.advance(0);
      expect(taken.user.ends).toHaveLength(1);
    }
    await rest();
  });
});
