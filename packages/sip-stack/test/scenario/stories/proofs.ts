import { equal } from "node:assert/strict";
import { digestVerifier, type IncomingCall } from "../../../src/index.ts";
import { seededRandom } from "../../../src/testing/index.ts";
import type { Leg } from "../leg.ts";
import type { Party } from "../party.ts";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

/** Each party proves that it is itself, and believes nobody who does not: neither an INVITE nor what follows in the call. */
function distrust(world: World, nonceMs = 300_000): void {
  for (const party of world.parties) distrustOf(party, world, nonceMs);
}

function distrustOf(party: Party, { clock, random }: World, nonceMs: number): void {
  const lookUp = async (username: string) => ({ password: `secret of ${username}` });
  const own = seededRandom(Math.floor(random.fraction() * 2 ** 32));
  const verifier = digestVerifier({ realm: party.name, lookUp, clock, nonceMs, random: own });
  party.proofs = { credentials: { username: party.name, password: `secret of ${party.name}` }, verifier };
  party.manner = async (call: IncomingCall, leg: Leg) => {
    const verdict = await verifier.verify(call.invite, call.flow.remote);
    if (verdict.ok) party.answer(call, leg);
    else call.reject(verdict.status, { headers: verdict.headers });
  };
}

const answeredOffers = ({ alice, bob }: World): string =>
  `${alice.legs[0]?.offers.length} ${bob.legs.at(-1)?.offers.length}`;

/** Digest in dialogs, both roles at once. */
export const proofs: readonly Scenario[] = [
  {
    name: "a call whose sides want proof of everything",
    play: async (world) => {
      distrust(world);
      const { hers } = await world.talking();
      const his = world.bob.legs.at(-1);
      for (const leg of [hers, his]) {
        void leg?.change();
        void leg?.call.request("INFO");
        await world.pass(3000);
        void leg?.change("UPDATE");
        await world.pass(3000);
      }
      hers.call.hangUp();
    },
    check: (world) => equal(answeredOffers(world), "2 2"),
  },
  {
    name: "offers that cross where both sides want proof",
    play: async (world) => {
      distrust(world);
      const { hers } = await world.talking();
      void hers.change();
      void world.bob.legs.at(-1)?.change();
      await world.pass(10_000);
    },
    check: (world) => equal(answeredOffers(world), "1 1"),
  },
  {
    name: "sides that want proof anew for each offer and refresh",
    play: async (world) => {
      distrust(world, 1000);
      const { hers } = await world.talking();
      for (const leg of [hers, world.bob.legs.at(-1)]) {
        await world.pass(60_000);
        void leg?.change();
      }
      await world.pass(60_000);
      world.bob.legs.at(-1)?.call.hangUp();
    },
    check: (world) => equal(answeredOffers(world), "1 1"),
  },
  {
    name: "a transfer whose sides want proof of it",
    play: async (world) => {
      distrust(world, 1000);
      const { hers } = await world.talking();
      await world.pass(5000);
      const his = world.bob.legs.at(-1);
      if (his !== undefined)
        his.transfer = (transfer) => {
          transfer.accept();
          transfer.progress(180);
          transfer.done(200);
        };
      void hers.call.refer(world.carol.uri, { user: { onDone: (status) => hers.rings.push(status ?? 0) } });
      await world.pass(5000);
      hers.call.hangUp();
    },
    check: ({ alice }) => equal(alice.legs[0]?.rings.at(-1), 200),
  },
  {
    name: "a call that ends while its offer is challenged",
    play: async (world) => {
      distrust(world, 1000);
      const { hers } = await world.talking();
      await world.pass(5000);
      void hers.change();
      await world.pass(7);
      hers.call.hangUp();
    },
  },
];
