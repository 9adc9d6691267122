import { deepEqual, equal } from "node:assert/strict";
import type { IncomingTransfer } from "../../../src/index.ts";
import type { Leg } from "../leg.ts";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

/** Alice talks with Bob and asks him to call Carol; `take` is what he does. */
async function refer(world: World, take: (transfer: IncomingTransfer) => void): Promise<Leg> {
  const { hers, his } = await world.talking();
  if (his !== undefined) his.transfer = take;
  hers.serve = (request) => request.respond(request.request.method === "NOTIFY" ? 481 : 200);
  void hers.call.refer(`<${world.carol.uri}>`, { user: { onDone: () => {} } });
  return hers;
}

/** REFER and NOTIFY, RFC 3515. */
export const transfers: readonly Scenario[] = [
  {
    name: "a transfer that comes about",
    play: async (world) => {
      const { bob, carol } = world;
      const hers = await refer(world, (transfer) => {
        transfer.accept();
        const leg = bob.dial(carol);
        transfer.progress(180);
        world.clock.after(2000, () => transfer.done(leg.isAnswered ? 200 : 480));
      });
      await world.pass(30_000);
      hers.call.hangUp();
    },
    check: ({ carol }) => equal(carol.taken[0]?.leg.call.state, "confirmed"),
  },
  {
    name: "a transfer that is refused",
    play: async (world) => {
      await refer(world, (transfer) => transfer.reject(603));
    },
    check: ({ carol }) => equal(carol.taken.length, 0),
  },
  {
    name: "a transfer that nobody finishes",
    play: async (world) => {
      await refer(world, (transfer) => transfer.accept());
      await world.pass(310_000);
    },
  },
  {
    name: "a transfer under way when the call ends",
    play: async (world) => {
      const hers = await refer(world, (transfer) => transfer.accept());
      await world.pass(5000);
      hers.call.hangUp();
    },
  },
  {
    name: "a transfer that nobody settles before the call ends",
    play: async (world) => {
      const hers = await refer(world, () => {});
      await world.pass(5000);
      hers.call.hangUp();
    },
    check: ({ alice, bob }) =>
      deepEqual(
        [alice, bob].map(({ legs }) => legs[0]?.call.state),
        ["ended", "ended"],
      ),
  },
  {
    name: "a transfer that is accepted when the other side has given it up",
    play: async (world) => {
      await refer(world, (transfer) => world.clock.after(35_000, () => transfer.accept()));
      await world.pass(45_000);
    },
  },
];
