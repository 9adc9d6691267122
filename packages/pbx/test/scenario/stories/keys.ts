import { deepEqual, equal, match } from "node:assert/strict";
import type { Scenario } from "../scenario.ts";
import { annCallsBen, bothTalk, callAnn, settled, setupMs, trunkOf } from "./people.ts";

export const keys: readonly Scenario[] = [
  {
    name: "keys that a phone sends by INFO reach the network as RFC 4733 presses",
    ending: "hung-up",
    play: async (world) => {
      const { ann, clock } = world;
      const call = ann.dial("+15005550007");
      await clock.advance(setupMs);
      await settled(world, call.press("5"));
      await clock.advance(2000);
      call.hangUp();
    },
    check: ({ ann }) => {
      deepEqual(ann.last.answers, [200]);
      match(ann.last.pattern([], 770), /t{5,}/, "the far end says a 5 as tones");
      match(ann.last.pattern([], 1336), /t{5,}/);
    },
  },
  {
    name: "presses by INFO come one after the other, each with its end three times, in the payload type that was agreed last",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, outside.reoffer({ telephoneEvent: 97 }));
      for (const key of ["1", "#", "D"]) await settled(world, inside.press(key, 100));
      await world.clock.advance(1000);
      await bothTalk(world, outside, inside);
      outside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      deepEqual(inside.answers, [200, 200, 200]);
      const presses = outside.heard.filter(({ payloadType }) => payloadType === 97);
      const ends = presses.filter(({ octets }) => (octets[1]! & 0x80) !== 0).map(({ octets }) => octets[0]);
      deepEqual(ends, [1, 1, 1, 11, 11, 11, 15, 15, 15]);
      equal(outside.heardOf(inside.spoken), 25);
    },
  },
  {
    name: "an INFO that is no key press is refused, and a held party hears no keys",
    ending: "hung-up",
    play: async (world) => {
      const { anns } = await annCallsBen(world);
      await settled(world, anns.press("nonsense"));
      await settled(world, world.ben.last.press("1"));
      anns.hangUp();
    },
    check: ({ ann, ben }) => deepEqual([ann.last.answers, ben.last.answers], [[415], [200]]),
  },
];
