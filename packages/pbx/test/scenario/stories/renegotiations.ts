import { deepEqual, equal } from "node:assert/strict";
import type { HandsetCall } from "../handset.ts";
import type { Scenario } from "../scenario.ts";
import type { World } from "../world.ts";
import { bothTalk, callAnn, settled, setupMs, trunkOf } from "./people.ts";

/** The trunk changes something in the middle of a call: both hear each other before and after, and Ann's phone knows nothing. */
const changed = (
  what: string,
  change: (outside: HandsetCall, world: World) => Promise<void>,
  status = 200,
): Scenario => ({
  name: `the trunk ${what}`,
  connected: false,
  ending: "hung-up",
  play: async (world) => {
    const { outside, inside } = await callAnn(world);
    await bothTalk(world, outside, inside);
    await settled(world, change(outside, world));
    await world.clock.advance(100);
    await bothTalk(world, outside, inside);
    inside.hangUp();
  },
  check: (world) => {
    const [outside, inside] = [trunkOf(world).last, world.ann.last];
    deepEqual(outside.answers, [status]);
    deepEqual(inside.offered, []);
    equal(outside.heardOf(inside.spoken), 50);
    equal(inside.heardOf(outside.spoken), 50);
  },
});

export const renegotiations: readonly Scenario[] = [
  changed("moves its sound to another port", (outside) => outside.reoffer({ port: 4100 })),
  changed("changes the payload type of key presses", (outside) => outside.reoffer({ telephoneEvent: 96 })),
  changed("gives PCMU another payload type", (outside) => outside.reoffer({ pcmu: 98 })),
  changed("puts other codecs before PCMU", (outside) => outside.reoffer({ others: ["opus/48000/2", "G729/8000"] })),
  changed("asks for an offer and answers it in the ACK", (outside) => outside.reofferLate()),
  changed("refreshes the session as it is", (outside) => outside.reoffer()),
  changed("moves by UPDATE", (outside) => outside.reoffer({ port: 4100 }, "UPDATE")),
  changed("offers nothing that can be taken, and is refused without harm", (outside) => outside.reofferNonsense(), 488),
  {
    name: "a desk phone calls without an offer, and answers ours in its ACK",
    ending: "hung-up",
    play: async (world) => {
      const call = world.ann.dial("212", { body: undefined as never });
      call.isLate = true;
      await world.clock.advance(setupMs);
      await bothTalk(world, call, world.ben.last);
      call.hangUp();
    },
    check: ({ ann, ben }) => {
      equal(ann.last.heardOf(ben.last.spoken), 25);
      equal(ben.last.heardOf(ann.last.spoken), 25);
    },
  },
  {
    name: "a desk phone offers five codecs, PCMU the last of them",
    ending: "hung-up",
    play: async (world) => {
      const call = world.ann.dial("212");
      await world.clock.advance(setupMs);
      await settled(world, call.reoffer({ others: ["opus/48000/2", "G722/8000", "PCMA/8000", "G729/8000"] }));
      await bothTalk(world, call, world.ben.last);
      call.hangUp();
    },
    check: ({ ann, ben }) => {
      equal(ann.last.heardOf(ben.last.spoken), 25);
      equal(ben.last.heardOf(ann.last.spoken), 25);
    },
  },
  {
    name: "the trunk and Ann's phone change their ends at the same moment: neither hears of the other's change",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, Promise.all([outside.reoffer({ port: 4100 }), inside.reoffer({ port: 4200 })]));
      await bothTalk(world, outside, inside);
      inside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      deepEqual([outside.answers, inside.answers], [[200], [200]]);
      equal(outside.heardOf(inside.spoken), 25);
      equal(inside.heardOf(outside.spoken), 25);
    },
  },
  {
    name: "the trunk's session refresh, hold and resume of +1 500 555 0008",
    ending: "hung-up",
    play: async (world) => {
      const { ann, clock } = world;
      const call = ann.dial("+15005550008");
      await clock.advance(10_000);
      await bothTalk(world, call);
      await clock.advance(500);
      call.hangUp();
    },
    check: ({ ann }) => equal(ann.last.heardOf(ann.last.spoken), 25),
  },
];
