import { deepEqual, equal } from "node:assert/strict";
import type { Scenario } from "../scenario.ts";
import { annCallsBen, callAnn, echo, settled, setupMs, trunkOf } from "./people.ts";

export const endings: readonly Scenario[] = [
  {
    name: "both hang up in the same moment",
    ending: "hung-up",
    play: async (world) => {
      const { anns, bens } = await annCallsBen(world);
      anns.hangUp();
      bens.hangUp();
    },
  },
  {
    name: "a BYE comes while a re-INVITE waits for its answer",
    ending: "hung-up",
    play: async (world) => {
      const { anns } = await annCallsBen(world);
      void anns.reoffer({ port: 4300 });
      anns.hangUp();
    },
  },
  {
    name: "a CANCEL crosses the 200: what was answered too late is ended by BYE",
    play: async ({ ann, ben, clock }) => {
      ben.manner = { answersAfterMs: 1000 };
      const call = ann.dial("212");
      await clock.advance(1017);
      call.hangUp();
    },
    check: ({ ann, ben }) => {
      equal(ann.last.ends.length, 1);
      equal(ben.last.ends.length, 1);
    },
  },
  {
    name: "a caller of the network who never acknowledges the answer",
    connected: false,
    ending: "no-ack",
    play: async (world) => {
      const trunk = await world.handsetAt("3.80.16.13");
      trunk.dial("+12025550102", { body: undefined as never });
      await world.clock.advance(40_000);
    },
    check: (world) => deepEqual([trunkOf(world).last.isAnswered, world.ann.last.ends[0]?.cause], [true, "bye"]),
  },
  {
    name: "the network's side falls silent for a minute: the call ends with the reason",
    connected: false,
    ending: "peer-lost",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      void outside.talk(100);
      void inside.talk(4000);
      await world.clock.advance(75_000);
    },
    check: (world) => deepEqual([trunkOf(world).last.ends[0]?.cause, world.ann.last.ends[0]?.cause], ["bye", "bye"]),
  },
  {
    name: "the network's side never sends anything: the call ends after a minute, with the reason",
    connected: false,
    ending: "peer-lost",
    play: async (world) => {
      const { inside } = await callAnn(world);
      void inside.talk(4000);
      await world.clock.advance(75_000);
    },
    check: (world) => deepEqual([trunkOf(world).last.ends[0]?.cause, world.ann.last.ends[0]?.cause], ["bye", "bye"]),
  },
  {
    name: "nobody ever sends anything: the call ends after a minute",
    ending: "peer-lost",
    play: async (world) => {
      await annCallsBen(world);
      await world.clock.advance(75_000);
    },
    check: ({ ann, ben }) => deepEqual([ann.last.ends[0]?.cause, ben.last.ends[0]?.cause], ["bye", "bye"]),
  },
  {
    name: "the operator ends a call in which the network is on hold",
    ending: "operator-ended",
    play: async (world) => {
      const { ann, clock, pbx } = world;
      const call = ann.dial(echo);
      await clock.advance(setupMs);
      await settled(world, call.hold());
      for (const { id } of await pbx.operations.calls()) await pbx.operations.hangUp(id);
    },
  },
  {
    name: "Ann's phone restarts in the middle of a call: when the network hangs up, she no longer knows of it",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside } = await callAnn(world);
      await world.ann.restart();
      await world.clock.advance(2000);
      outside.hangUp();
    },
    check: (world) => equal(trunkOf(world).last.ends.length, 1),
  },
  {
    name: "Ben's phone restarts while it rings and then answers nothing: his caller gives up",
    play: async (world) => {
      world.ben.manner = "ignores";
      const call = world.ann.dial("212");
      await world.clock.advance(2000);
      await world.ben.restart();
      await world.clock.advance(2000);
      call.hangUp();
    },
  },
  {
    name: "the phone of one who holds restarts: the call is over when he is asked again",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, inside.hold());
      await world.ann.restart();
      world.ann.manner = { answersAfterMs: 500 };
      await world.clock.advance(3000);
      outside.hangUp();
      await world.clock.advance(1000);
      const again = await callAnn(world);
      again.outside.hangUp();
    },
    calls: 2,
  },
];
