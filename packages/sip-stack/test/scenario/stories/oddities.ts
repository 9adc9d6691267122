import { equal } from "node:assert/strict";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

/** Networks that say what they lose, connections that break, peers of an older time. */
export const oddities: readonly Scenario[] = [
  {
    name: "a callee whom no way leads to, as the network says",
    play: async (world) => {
      world.cut(world.alice, world.bob, "told");
      world.alice.dial(world.bob);
      void world.alice.request(world.bob, "OPTIONS");
      await world.pass(100);
    },
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "transport"),
  },
  {
    name: "a way to the callee that ends before the ACK of a refusal",
    play: async (world) => {
      world.ringing();
      await world.until(() => world.bob.taken.length > 0);
      await world.pass(500);
      world.cut(world.alice, world.bob, "told");
      for (const { call } of world.bob.taken) call.reject(486);
    },
  },
  {
    name: "a way to the caller that ends while it rings",
    play: async (world) => {
      world.cut(world.bob, world.alice, "told");
      world.ringing();
      await world.pass(5000);
    },
  },
  {
    name: "a way to the caller that ends at the answer",
    play: async (world) => {
      const heal = world.cut(world.bob, world.alice, "told");
      world.alice.dial(world.bob);
      await world.pass(3000);
      heal();
    },
  },
  {
    name: "a way to the caller that ends at the refusal",
    play: async (world) => {
      world.cut(world.bob, world.alice, "told");
      world.bob.manner = (call) => call.reject(486);
      world.alice.dial(world.bob);
    },
  },
  {
    name: "a way back that ends while requests wait for their answers",
    play: async (world) => {
      const { alice, bob, clock } = world;
      bob.serve = (incoming) => {
        if (bob.requests.length === 2) clock.after(4000, () => incoming.respond(100));
        if (bob.requests.length === 3) clock.after(6000, () => incoming.respond(200));
      };
      for (let count = 0; count < 3; count += 1) void alice.request(bob, "OPTIONS");
      await world.pass(5000);
      world.cut(bob, alice, "told");
      await world.pass(40_000);
    },
  },
  {
    name: "a way there that ends while a request waits for its late answer",
    play: async (world) => {
      const { alice, bob, clock } = world;
      bob.serve = (incoming) => clock.after(3500, () => incoming.respond(100));
      void alice.request(bob, "OPTIONS");
      await world.pass(4500);
      world.cut(alice, bob, "told");
      await world.pass(10_000);
    },
  },
  {
    name: "a connection that breaks before the callee rings",
    play: async (world) => {
      const { flow, drop } = world.connect();
      world.bob.manner = () => {};
      world.alice.dial(world.bob, { destination: flow });
      await world.pass(100);
      drop();
      await world.pass(100);
    },
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "transport"),
  },
  {
    name: "a connection that breaks while the callee rings",
    play: (world) => ringsOnConnection(world, false),
    check: ({ alice }) => equal(alice.legs[0]?.ends[0]?.cause, "transport"),
  },
  {
    name: "a connection that breaks after the CANCEL",
    play: (world) => ringsOnConnection(world, true),
  },
  {
    name: "a box on the way that knows no branches of RFC 3261",
    play: async (world) => {
      world.box = (text, from) =>
        from.address === "10.0.0.1" ? text.replace("=z9hG4bK", "=old") : text.replace("=old", "=z9hG4bK");
      const { hers } = await world.talking();
      await world.pass(1000);
      hers.call.hangUp();
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "bye"),
  },
];

async function ringsOnConnection(world: World, hasHungUp: boolean): Promise<void> {
  const { flow, drop } = world.connect();
  world.bob.manner = (call) => call.ring(180);
  const hers = world.alice.dial(world.bob, { destination: flow });
  await world.pass(100);
  if (hasHungUp) hers.call.hangUp();
  drop();
  await world.pass(100);
}
