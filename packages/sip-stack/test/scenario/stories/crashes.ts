import { equal } from "node:assert/strict";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

const reborn = async (party: World["alice"]): Promise<void> => {
  await party.crash();
  await party.start();
};

/** One side that is gone, or comes back with nothing remembered. */
export const crashes: readonly Scenario[] = [
  {
    name: "a callee that crashes while it rings, and the caller gives up",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      await world.bob.crash();
      hers.call.hangUp();
    },
  },
  {
    name: "a callee that crashes after the answer",
    play: async (world) => {
      await world.talking();
      await world.bob.crash();
      await world.pass(100_000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "timeout"),
  },
  {
    name: "a caller that crashes while it rings",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      await world.alice.crash();
    },
  },
  {
    name: "a caller that crashes after the answer and comes back",
    play: async (world) => {
      await world.talking();
      await reborn(world.alice);
      await world.pass(60_000);
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.call.state, "ended"),
  },
  {
    name: "a callee that comes back while the caller waits for it to answer",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      await reborn(world.bob);
      void hers.call.request("INFO");
      await world.pass(1000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "protocol"),
  },
  {
    name: "a callee that comes back before the caller has answered its offer",
    play: async (world) => {
      const { alice, bob } = world;
      const hers = alice.dial(bob, { offerless: true });
      await world.until(() => hers.isAnswered);
      await reborn(bob);
      void hers.call.request("INFO");
    },
  },
  {
    name: "a caller that comes back while the callee rings and asks",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      await reborn(world.alice);
      for (const { call } of world.bob.taken) void call.request("INFO");
    },
  },
  {
    name: "a caller that comes back before its ACK and the callee asks",
    play: async (world) => {
      const { alice, bob } = world;
      bob.manner = (call, leg) => world.clock.after(1000, () => bob.answer(call, leg));
      alice.dial(bob);
      await world.until(() => bob.taken.length > 0);
      const heal = world.cut(alice, bob);
      await world.pass(2000);
      await reborn(alice);
      heal();
      for (const { call } of bob.taken) void call.request("INFO");
    },
  },
];
