import { deepEqual, equal } from "node:assert/strict";
import type { Leg } from "../leg.ts";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

/** Makes a call without an offer; `answer` is what Alice does with the one that the 2xx brings. */
function dialWithout(world: World, answer: (sdp: string, leg: Leg) => void): Leg {
  const hers = world.alice.dial(world.bob, { offerless: true });
  hers.answerOffer = answer;
  return hers;
}

const noBody = (text: string): string => `${text.slice(0, text.indexOf("\r\n\r\n"))}\r\n\r\n`;
const isInvite = (text: string): boolean => text.startsWith("INVITE ") && /^To: .*;tag=/m.test(text);

/** Offers and answers in calls. */
export const negotiations: readonly Scenario[] = [
  {
    name: "a re-INVITE by the caller, then one by the callee",
    play: async (world) => {
      const { hers, his } = await world.talking();
      void hers.change();
      await world.pass(5000);
      void his?.change();
    },
    check: ({ alice, bob }) => deepEqual([alice.legs[0]?.offers.length, bob.taken[0]?.leg.offers.length], [1, 1]),
  },
  {
    name: "re-INVITEs that cross",
    play: async (world) => {
      const { hers, his } = await world.talking();
      void hers.change();
      void his?.change();
      await world.pass(10_000);
    },
    check: ({ alice, bob }) => deepEqual([alice.legs[0]?.offers.length, bob.taken[0]?.leg.offers.length], [1, 1]),
  },
  {
    name: "UPDATEs that cross",
    play: async (world) => {
      const { hers, his } = await world.talking();
      void hers.change("UPDATE");
      void his?.change("UPDATE");
      await world.pass(10_000);
    },
    check: ({ alice, bob }) => deepEqual([alice.legs[0]?.offers.length, bob.taken[0]?.leg.offers.length], [1, 1]),
  },
  {
    name: "an UPDATE that crosses a re-INVITE, and another before it is settled",
    play: async (world) => {
      const { hers, his } = await world.talking();
      if (his !== undefined) his.settle = (offer, leg) => world.clock.after(3000, () => leg.accept(offer));
      void hers.change();
      void his?.change("UPDATE");
      await world.pass(500);
      void hers.change("UPDATE");
    },
  },
  {
    name: "hold and resume by both",
    play: async (world) => {
      const { hers, his } = await world.talking();
      for (const leg of [hers, his, hers, his]) {
        void leg?.change();
        await world.pass(2000);
      }
    },
    check: ({ alice, bob }) => deepEqual([alice.legs[0]?.offers.length, bob.taken[0]?.leg.offers.length], [2, 2]),
  },
  {
    name: "a re-INVITE that is refused leaves everything as it was",
    play: async (world) => {
      const { hers, his } = await world.talking();
      if (his !== undefined) his.settle = (offer) => offer.reject(488);
      void hers.change();
    },
    check: ({ alice }) => equal(alice.legs[0]?.call.state, "confirmed"),
  },
  {
    name: "a re-INVITE that nobody settles",
    play: async (world) => {
      const { hers, his } = await world.talking();
      if (his !== undefined) his.settle = () => {};
      void hers.change();
      await world.pass(70_000);
    },
  },
  {
    name: "a call that ends while a re-INVITE is open",
    play: async (world) => {
      const { hers, his } = await world.talking();
      if (his !== undefined) his.settle = () => {};
      void hers.change();
      await world.pass(1000);
      his?.call.hangUp();
    },
  },
  {
    name: "a call that ends while a re-INVITE is open and nothing gets through any more",
    play: async (world) => {
      const { hers, his } = await world.talking();
      if (his !== undefined) his.settle = () => {};
      void hers.change();
      await world.pass(1000);
      world.part(world.alice, world.bob);
      hers.call.hangUp();
      await world.pass(40_000);
    },
  },
  {
    name: "a call without an offer",
    play: async (world) => {
      dialWithout(world, (sdp, leg) => world.clock.after(1000, () => world.alice.acknowledge(leg, sdp)));
      await world.pass(5000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.agreed, "v=0\r\ns=bob-1\r\n | v=0\r\ns=alice-1\r\n"),
  },
  {
    name: "a call without an offer that rings first",
    play: async (world) => {
      world.bob.manner = (call, leg) => {
        call.ring(180);
        world.clock.after(2000, () => world.bob.answer(call, leg));
      };
      dialWithout(world, (sdp, leg) => world.alice.acknowledge(leg, sdp));
      await world.pass(5000);
    },
    check: ({ alice }) => equal(alice.legs[0]?.agreed, "v=0\r\ns=bob-1\r\n | v=0\r\ns=alice-1\r\n"),
  },
  {
    name: "a call without an offer that its caller ends instead of answering the callee's",
    play: async (world) => {
      dialWithout(world, (_, leg) => world.clock.after(1000, () => leg.call.hangUp()));
      await world.pass(5000);
    },
  },
  {
    name: "a call without an offer whose caller never answers the callee's",
    play: async (world) => {
      dialWithout(world, () => {});
      await world.pass(40_000);
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.ends[0]?.cause, "ack-missing"),
  },
  {
    name: "a re-INVITE that a box on the way relieves of its offer",
    play: async (world) => {
      const { hers, his } = await world.talking();
      world.box = (text) => {
        if (isInvite(text)) return noBody(text).replace(/^Content-Length: .*\r\n/m, "Content-Length: 0\r\n");
        return text;
      };
      void hers.change();
      await world.until(() => (his?.offers.length ?? 0) > 0);
      await world.pass(10_000);
      world.box = undefined;
      for (const leg of [hers, his]) if (leg !== undefined) leg.agreed = "not known to both";
    },
    check: ({ bob }) => equal(bob.taken[0]?.leg.offers[0]?.sdp, undefined),
  },
];
