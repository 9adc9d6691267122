import { deepEqual, equal } from "node:assert/strict";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

/** The status that Alice's call was refused with. */
const rejection = ({ alice }: World): number | undefined => {
  const [end] = alice.legs[0]?.ends ?? [];
  return end?.cause === "rejected" ? end.response.status : undefined;
};

const refusedWith = (status: number): Scenario => ({
  name: `a call that is refused with ${status}`,
  play: async ({ alice, bob, clock }) => {
    bob.manner = (call) => {
      call.ring(180);
      clock.after(2000, () => call.reject(status));
    };
    alice.dial(bob);
    await clock.advance(5000);
  },
  check: (world) => equal(rejection(world), status),
});

/** Calls that end before they are answered. */
export const earlyEnds: readonly Scenario[] = [
  refusedWith(486),
  refusedWith(603),
  {
    name: "a call that its caller cancels while it rings",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      hers.call.hangUp();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "cancel"),
  },
  {
    name: "a CANCEL that crosses the answer",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      for (const { call, leg } of world.bob.taken) world.bob.answer(call, leg);
      hers.call.hangUp();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "bye"),
  },
  {
    name: "a CANCEL that crosses the refusal",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      for (const { call } of world.bob.taken) call.reject(486);
      hers.call.hangUp();
    },
  },
  {
    name: "a caller that gives up before anything came back, and the callee rings",
    play: async (world) => {
      world.ringing().call.hangUp();
      await world.pass(100);
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "cancel"),
  },
  {
    name: "a caller that gives up before anything came back, and the callee answers",
    play: async ({ alice, bob }) => alice.dial(bob).call.hangUp(),
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "bye"),
  },
  {
    name: "a caller without an offer that gives up before anything came back, and the callee answers",
    play: async ({ alice, bob }) => alice.dial(bob, { offerless: true }).call.hangUp(),
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "bye"),
  },
  {
    name: "a caller that gives up before anything came back, and the callee refuses",
    play: async ({ alice, bob }) => {
      bob.manner = (call) => call.reject(486);
      alice.dial(bob).call.hangUp();
    },
  },
  {
    name: "a caller that gives up and nobody is there",
    play: async (world) => {
      world.part(world.alice, world.bob);
      world.alice.dial(world.bob).call.hangUp();
    },
  },
  {
    name: "a CANCEL of a call without an offer that crosses the answer",
    play: async (world) => {
      const { alice, bob } = world;
      bob.manner = (call) => call.ring(180);
      const hers = alice.dial(bob, { offerless: true });
      await world.until(() => hers.rings.length > 0);
      for (const { call, leg } of bob.taken) bob.answer(call, leg);
      hers.call.hangUp();
    },
  },
  {
    name: "a caller that leaves an early dialog by BYE",
    play: async (world) => {
      const hers = world.ringing();
      await world.until(() => hers.rings.length > 0);
      void hers.call.request("BYE");
    },
    check: (world) => deepEqual([rejection(world), world.bob.taken[0]?.leg.ends[0]?.cause], [487, "bye"]),
  },
  {
    name: "a callee that never answers",
    play: async (world) => {
      world.ringing();
      await world.pass(100_000);
    },
    check: (world) => equal(rejection(world), 480),
  },
  {
    name: "a callee that takes a while to ring",
    play: async ({ alice, bob, clock }) => {
      bob.manner = (call, leg) => clock.after(600, () => bob.answer(call, leg));
      alice.dial(bob);
      await clock.advance(5000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.isAnswered, true),
  },
  {
    name: "a callee that is not there",
    play: async (world) => {
      world.part(world.alice, world.bob);
      world.alice.dial(world.bob);
      await world.pass(40_000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "timeout"),
  },
  {
    name: "a refusal whose ACK never comes",
    play: async (world) => {
      world.ringing();
      await world.until(() => world.bob.taken.length > 0);
      world.cut(world.alice, world.bob);
      for (const { call } of world.bob.taken) call.reject(486);
    },
  },
  {
    name: "a caller whom the callee asks who she is",
    play: async (world) => {
      const { alice, bob, clock } = world;
      const challenge = ["WWW-Authenticate", 'Digest realm="bob", nonce="n", algorithm=SHA-256, qop="auth"'] as const;
      bob.manner = (call, leg) => {
        if (call.invite.headers.has("Authorization")) bob.answer(call, leg);
        else if (bob.taken.length === 1) call.reject(401, { headers: [challenge] });
        else clock.after(500, () => call.reject(401, { headers: [challenge] }));
      };
      const credentials = { username: "alice", password: "wonderland" };
      const hers = alice.dial(bob, { credentials });
      await world.until(() => hers.isAnswered || hers.ends.length > 0);
      alice.dial(bob, { credentials });
      await world.pass(5000);
    },
    check: ({ alice }) =>
      deepEqual(
        alice.legs.map(({ isAnswered }) => isAnswered),
        [true, true],
      ),
  },
];
