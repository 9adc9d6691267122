import { deepEqual, equal } from "node:assert/strict";
import type { Scenario } from "../story.ts";

/** How calls that were answered end. */
export const callEnds: readonly Scenario[] = [
  {
    name: "a call that its caller ends",
    play: async (world) => {
      const { hers } = await world.talking();
      await world.pass(3000);
      hers.call.hangUp();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "bye"),
  },
  {
    name: "a call that its callee ends",
    play: async (world) => {
      const { his } = await world.talking();
      await world.pass(3000);
      his?.call.hangUp();
    },
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "bye"),
  },
  {
    name: "a call that both end at once",
    play: async (world) => {
      const { hers, his } = await world.talking();
      hers.call.hangUp();
      his?.call.hangUp();
    },
    check: ({ alice, bob }) =>
      deepEqual(
        [alice, bob].map(({ legs }) => legs[0]?.ends[0]?.cause),
        ["hung-up", "hung-up"],
      ),
  },
  {
    name: "a callee that hangs up before the ACK is there",
    play: async (world) => {
      world.bob.manner = (call, leg) => {
        world.bob.answer(call, leg);
        call.hangUp();
      };
      world.alice.dial(world.bob);
    },
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "bye"),
  },
  {
    name: "a caller whose ACK is lost and whose BYE is not",
    play: async (world) => {
      const { alice, bob } = world;
      bob.manner = (call, leg) => world.clock.after(1000, () => bob.answer(call, leg));
      const hers = alice.dial(bob);
      await world.until(() => bob.taken.length > 0);
      const heal = world.cut(alice, bob);
      await world.until(() => hers.isAnswered);
      heal();
      hers.call.hangUp();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "bye"),
  },
  {
    name: "a callee that has hung up already when the caller's BYE overtakes the ACK",
    play: async (world) => {
      const { alice, bob } = world;
      bob.manner = (call, leg) => world.clock.after(1000, () => bob.answer(call, leg));
      const hers = alice.dial(bob);
      await world.until(() => bob.taken.length > 0);
      const heal = world.cut(alice, bob);
      await world.until(() => hers.isAnswered);
      bob.taken[0]?.call.hangUp();
      heal();
      hers.call.hangUp();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "hung-up"),
  },
  {
    name: "a callee that gets no ACK",
    play: async (world) => {
      const { alice, bob } = world;
      bob.manner = (call, leg) => world.clock.after(1000, () => bob.answer(call, leg));
      alice.dial(bob);
      await world.until(() => bob.taken.length > 0);
      const heal = world.cut(alice, bob);
      await world.pass(40_000);
      heal();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "ack-missing"),
  },
  {
    name: "a callee that hangs up and gets no ACK",
    play: async (world) => {
      const { alice, bob } = world;
      bob.manner = (call, leg) => world.clock.after(1000, () => bob.answer(call, leg));
      alice.dial(bob);
      await world.until(() => bob.taken.length > 0);
      const heal = world.cut(alice, bob);
      await world.pass(2000);
      bob.taken[0]?.call.hangUp();
      await world.pass(38_000);
      heal();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "hung-up"),
  },
  {
    name: "a callee whose 2xx never arrive and whose BYE does",
    play: async (world) => {
      const { alice, bob } = world;
      world.ringing();
      await world.until(() => bob.taken.length > 0);
      await world.pass(500);
      const heal = world.cut(bob, alice);
      for (const { call, leg } of bob.taken) bob.answer(call, leg);
      await world.pass(31_900);
      heal();
    },
    check: ({ alice }) => deepEqual([alice.legs[0]?.isAnswered, alice.legs[0]?.ends[0]?.cause], [false, "bye"]),
  },
  {
    name: "a partition that heals before anybody gives up",
    play: async (world) => {
      await world.talking();
      const heal = world.part(world.alice, world.bob);
      await world.pass(30_000);
      heal();
    },
    check: ({ alice }) => equal(alice.legs[0]?.call.state, "confirmed"),
  },
  {
    name: "a partition that nothing heals in time",
    play: async (world) => {
      await world.talking();
      const heal = world.part(world.alice, world.bob);
      await world.pass(150_000);
      heal();
    },
    check: ({ alice, bob }) =>
      deepEqual(
        [alice, bob].map(({ legs }) => legs[0]?.ends[0]?.cause),
        ["timeout", "timeout"],
      ),
  },
];
