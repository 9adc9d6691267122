import { deepEqual, equal } from "node:assert/strict";
import type { Leg } from "../leg.ts";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

/** Bob rings twice reliably and answers after a while. */
function call(world: World, answerMs: number): Leg {
  world.bob.manner = (incoming, leg) => {
    incoming.ring(183, { reliable: true });
    incoming.ring(180, { reliable: true });
    world.clock.after(answerMs, () => world.bob.answer(incoming, leg));
  };
  return world.alice.dial(world.bob, { reliable: "supported" });
}

/** Provisionals with PRACK, RFC 3262. */
export const reliableRings: readonly Scenario[] = [
  {
    name: "reliable provisionals, one after the other",
    play: async (world) => {
      call(world, 3000);
      await world.pass(8000);
    },
    check: ({ alice }) => deepEqual([alice.legs[0]?.rings, alice.legs[0]?.isAnswered], [[183, 180], true]),
  },
  {
    name: "an answer that has to wait for the PRACK",
    play: async (world) => {
      call(world, 0);
      await world.pass(8000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.isAnswered, true),
  },
  {
    name: "a reliable provisional that is lost for a while",
    play: async (world) => {
      const heal = world.cut(world.bob, world.alice);
      call(world, 3000);
      await world.pass(4000);
      heal();
      await world.pass(8000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.isAnswered, true),
  },
  {
    name: "a reliable provisional whose PRACK never comes",
    play: async (world) => {
      call(world, 60_000);
      const heal = world.cut(world.bob, world.alice);
      await world.pass(33_000);
      heal();
    },
  },
  {
    name: "a call that its caller cancels before the PRACK is through",
    play: async (world) => {
      const hers = call(world, 60_000);
      await world.until(() => hers.rings.length > 0);
      hers.call.hangUp();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "cancel"),
  },
];
