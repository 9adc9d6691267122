import { deepEqual } from "node:assert/strict";
import type { Party } from "../party.ts";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

const rings =
  (world: World, party: Party, answerMs?: number) =>
  (call: Party["taken"][number]["call"], leg: Party["taken"][number]["leg"]): void => {
    call.ring(180);
    if (answerMs !== undefined) world.clock.after(answerMs, () => party.answer(call, leg));
  };

/** Alice calls both; a lost INVITE to one of them is nobody's to repeat, so she gives up after a while. */
async function dial(world: World, ms: number, ...targets: readonly Party[]): Promise<void> {
  const hers = world.alice.dial(await world.proxyFor(...targets));
  await world.pass(ms);
  if (!hers.isAnswered) hers.call.hangUp();
}

const answered = ({ bob, carol }: World): (string | undefined)[] =>
  [bob, carol].map(({ taken }) => taken[0]?.leg.ends[0]?.cause);

/** One INVITE that rings several. */
export const forks: readonly Scenario[] = [
  {
    name: "two ring and both answer at once",
    play: async (world) => {
      const { bob, carol } = world;
      for (const party of [bob, carol]) party.manner = rings(world, party, 1000);
      await dial(world, 8000, bob, carol);
    },
    check: (world) => deepEqual(answered(world).toSorted(), ["bye", undefined]),
  },
  {
    name: "two ring, one answers, the other refuses later",
    play: async (world) => {
      const { bob, carol } = world;
      bob.manner = rings(world, bob, 1000);
      carol.manner = (call) => {
        call.ring(180);
        world.clock.after(3000, () => call.reject(486));
      };
      await dial(world, 8000, bob, carol);
    },
    check: (world) => deepEqual(answered(world), [undefined, "hung-up"]),
  },
  {
    name: "two refuse",
    play: async (world) => {
      const { bob, carol } = world;
      bob.manner = (call) => call.reject(486);
      carol.manner = (call) => world.clock.after(1000, () => call.reject(603));
      await dial(world, 5000, bob, carol);
    },
    check: ({ alice }) => deepEqual(alice.legs[0]?.ends[0]?.cause, "rejected"),
  },
  {
    name: "two ring and the caller gives up",
    play: async (world) => {
      const { alice, bob, carol } = world;
      for (const party of [bob, carol]) party.manner = rings(world, party);
      const hers = alice.dial(await world.proxyFor(bob, carol));
      await world.until(() => hers.rings.length > 0);
      await world.pass(500);
      hers.call.hangUp();
    },
    check: (world) => deepEqual(answered(world), ["cancel", "cancel"]),
  },
  {
    name: "two branches that meet at one place",
    play: async (world) => {
      const { bob } = world;
      bob.manner = rings(world, bob, 1000);
      await dial(world, 8000, bob, bob);
    },
    check: ({ bob }) => deepEqual(bob.taken.length, 1),
  },
];
