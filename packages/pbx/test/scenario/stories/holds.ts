import { deepEqual, equal, match } from "node:assert/strict";
import type { Direction } from "@trunkline/sip-stack/sdp";
import type { Scenario } from "../scenario.ts";
import { configText, type World } from "../world.ts";
import { annCallsBen, bothTalk, callAnn, echo, settled, setupMs, trunkOf } from "./people.ts";

const holdHz = 400;
const heldPattern = /t{8,10}-{9,11}t{8,10}-/;

/** A call between two phones in which Ann holds in one of the three forms of RFC 3264 section 8.4. */
const heldBy = (form: string, changes: { readonly direction?: Direction; readonly address?: string }): Scenario => ({
  name: `Ann puts Ben on hold ${form}: he hears two tones every five seconds, she nothing, and both each other again`,
  ending: "hung-up",
  play: async (world) => {
    const { clock } = world;
    const { anns, bens } = await annCallsBen(world);
    await bothTalk(world, anns, bens);
    await settled(world, anns.reoffer(changes));
    await bothTalk(world, anns, bens);
    await clock.advance(5000);
    await settled(world, anns.reoffer({ direction: "sendrecv", address: "10.2.0.1" }));
    await bothTalk(world, anns, bens);
    anns.hangUp();
  },
  check: ({ ann, ben }) => {
    const [anns, bens] = [ann.last, ben.last];
    deepEqual(anns.answers, [200, 200]);
    deepEqual(bens.offered, [], "the one who is held is sent no offer");
    equal(anns.heardOf(bens.spoken.slice(25, 50)), 0);
    equal(bens.heardOf(anns.spoken.slice(25, 50)), 0);
    for (const [hearer, speaker] of [
      [anns, bens],
      [bens, anns],
    ] as const) {
      equal(hearer.heardOf(speaker.spoken.slice(0, 25)), 25);
      equal(hearer.heardOf(speaker.spoken.slice(50)), 25);
    }
    match(bens.pattern(anns.spoken, holdHz), heldPattern);
    match(anns.pattern(bens.spoken, holdHz), /^o+$/);
  },
});

/** Ann holds for longer than a silence may last; neither phone sends a packet meanwhile. */
const heldInSilence = (
  form: string,
  changes: { readonly direction?: Direction; readonly address?: string },
): Scenario => ({
  name: `Ann puts Ben on hold ${form} for 70 seconds without a packet: the call goes on`,
  ending: "hung-up",
  play: async (world) => {
    const { anns, bens } = await annCallsBen(world);
    await bothTalk(world, anns, bens);
    await settled(world, anns.reoffer(changes));
    await world.clock.advance(70_000);
    await settled(world, anns.reoffer({ direction: "sendrecv", address: "10.2.0.1" }));
    await world.clock.advance(20_000);
    await bothTalk(world, anns, bens);
    anns.hangUp();
  },
  check: ({ ann, ben }) => equal(ann.last.heardOf(ben.last.spoken), 50),
});

export const holds: readonly Scenario[] = [
  heldInSilence("by sendonly", { direction: "sendonly" }),
  heldInSilence("by inactive", { direction: "inactive" }),
  heldInSilence("by 0.0.0.0", { address: "0.0.0.0" }),
  heldBy("by sendonly", { direction: "sendonly" }),
  heldBy("by inactive", { direction: "inactive" }),
  heldBy("by 0.0.0.0", { address: "0.0.0.0" }),
  {
    name: "the network's party is put on hold: it hears the tones, and the trunk sees no re-INVITE",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await bothTalk(world, outside, inside);
      await settled(world, inside.hold());
      await world.clock.advance(6000);
      await settled(world, inside.resume());
      await bothTalk(world, outside, inside);
      outside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      deepEqual(outside.offered, []);
      match(outside.pattern(inside.spoken, holdHz), heldPattern);
      equal(outside.heardOf(inside.spoken), 50);
      equal(inside.heardOf(outside.spoken), 50);
    },
  },
  {
    name: "where the trunk is to know, it gets a re-INVITE for hold and another for resume",
    connected: false,
    config: configText.replace("optionsSeconds: 3600", "optionsSeconds: 3600, hold: signalled"),
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, inside.hold());
      await world.clock.advance(2000);
      await settled(world, inside.resume());
      await world.clock.advance(500);
      await bothTalk(world, outside, inside);
      outside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      deepEqual(outside.offered, ["INVITE", "INVITE"]);
      equal(outside.heardOf(inside.spoken), 25);
      equal(inside.heardOf(outside.spoken), 25);
    },
  },
  {
    name: "Ann holds at the very moment in which the trunk changes its end: one of both waits, and both get through",
    connected: false,
    config: configText.replace("optionsSeconds: 3600", "optionsSeconds: 3600, hold: signalled"),
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, Promise.all([outside.reoffer({ port: 4100 }), inside.hold()]));
      await world.clock.advance(8000);
      await settled(world, inside.resume());
      await world.clock.advance(8000);
      await bothTalk(world, outside, inside);
      outside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      deepEqual([outside.answers, outside.offered], [[200], ["INVITE", "INVITE"]]);
      equal(outside.heardOf(inside.spoken), 25);
      equal(inside.heardOf(outside.spoken), 25);
    },
  },
  {
    name: "a trunk that refuses to hear of the hold has it all the same",
    connected: false,
    config: configText.replace("optionsSeconds: 3600", "optionsSeconds: 3600, hold: signalled"),
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      outside.isStubborn = true;
      await settled(world, inside.hold());
      await world.clock.advance(6000);
      await settled(world, inside.resume());
      await world.clock.advance(500);
      await bothTalk(world, outside, inside);
      outside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      deepEqual(outside.offered, ["INVITE", "INVITE"]);
      match(outside.pattern(inside.spoken, holdHz), /t{8,10}/);
      equal(outside.heardOf(inside.spoken), 25);
      equal(inside.heardOf(outside.spoken), 25);
    },
  },
  {
    name: "the network puts Ann on hold and plays music of its own: she hears that",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, outside.hold("sendonly"));
      await bothTalk(world, outside, inside);
      await settled(world, outside.hold("inactive"));
      await world.clock.advance(6000);
      await settled(world, outside.resume());
      await bothTalk(world, outside, inside);
      inside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      equal(inside.heardOf(outside.spoken), 50);
      equal(outside.heardOf(inside.spoken.slice(0, 25)), 0);
      equal(outside.heardOf(inside.spoken.slice(25)), 25);
      match(inside.pattern(outside.spoken, holdHz), /^o+t{8,10}-/);
    },
  },
  {
    name: "both hold each other: neither hears anything, and both have to come back",
    ending: "hung-up",
    play: async (world) => {
      const { anns, bens } = await annCallsBen(world);
      await settled(world, anns.hold());
      await settled(world, bens.hold());
      await bothTalk(world, anns, bens);
      await settled(world, anns.resume());
      await bothTalk(world, anns, bens);
      await settled(world, bens.resume());
      await bothTalk(world, anns, bens);
      bens.hangUp();
    },
    check: ({ ann, ben }) => {
      const [anns, bens] = [ann.last, ben.last];
      equal(bens.heardOf(anns.spoken.slice(0, 50)), 0);
      equal(anns.heardOf(bens.spoken.slice(0, 50)), 0);
      equal(bens.heardOf(anns.spoken.slice(50)), 25);
      equal(anns.heardOf(bens.spoken.slice(50)), 25);
    },
  },
  {
    name: "a hold that nobody comes back from ends at its limit, with words",
    config: configText.replace("maxMinutes: 2", "maxMinutes: 9, maxHoldMinutes: 1"),
    ending: "held-too-long",
    play: async (world) => {
      const { anns } = await annCallsBen(world);
      await settled(world, anns.hold());
      await world.clock.advance(70_000);
    },
    check: ({ ann, ben }) => {
      deepEqual(
        [ann.last, ben.last].map(({ ends }) => ends[0]?.cause),
        ["bye", "bye"],
      );
    },
  },
  {
    name: "a hold that is taken back in time does not end the call",
    config: configText.replace("maxMinutes: 2", "maxMinutes: 9, maxHoldMinutes: 1"),
    ending: "hung-up",
    play: async (world) => {
      const { anns } = await annCallsBen(world);
      await settled(world, anns.hold());
      await world.clock.advance(40_000);
      await settled(world, anns.resume());
      void anns.talk(1500);
      await world.clock.advance(40_000);
      anns.hangUp();
    },
  },
  {
    name: "Ann has two calls, holds one, swaps between them, and each hears her in turn",
    calls: 2,
    ending: "hung-up",
    play: async (world) => {
      const { ann, ben, cy, clock } = world;
      const first = ann.dial("212");
      await clock.advance(setupMs);
      await settled(world, first.hold());
      const second = ann.dial("113");
      await clock.advance(setupMs);
      await bothTalk(world, first, second, ben.last, cy.last);
      await settled(world, second.hold());
      await settled(world, first.resume());
      await bothTalk(world, first, second, ben.last, cy.last);
      first.hangUp();
      second.hangUp();
    },
    check: ({ ann, ben, cy }) => {
      const [first, second] = ann.calls as [typeof ann.last, typeof ann.last];
      equal(ben.last.heardOf(first.spoken.slice(0, 25)), 0);
      equal(ben.last.heardOf(first.spoken.slice(25)), 25);
      equal(cy.last.heardOf(second.spoken.slice(0, 25)), 25);
      equal(cy.last.heardOf(second.spoken.slice(25)), 0);
      equal(first.heardOf(ben.last.spoken.slice(25)), 25);
      equal(second.heardOf(cy.last.spoken.slice(25)), 0);
    },
  },
  {
    name: "a third call at once is refused in words",
    calls: 3,
    endings: ["hung-up", "hung-up", "too-many-calls"],
    play: async ({ ann, clock }) => {
      for (const number of ["212", "113", echo]) {
        ann.dial(number);
        await clock.advance(setupMs);
      }
      for (const call of ann.calls) call.hangUp();
    },
    check: ({ ann }) => equal(statusOf(ann.last.ends[0]), 403),
  },
  {
    name: "call waiting is off: a second caller hears that the line is busy",
    config: configText.replace('extension: "212"', 'extension: "212", callWaiting: false'),
    calls: 2,
    endings: ["hung-up", "busy"],
    play: async (world) => {
      const { anns } = await annCallsBen(world);
      world.cy.dial("212");
      await world.clock.advance(2000);
      anns.hangUp();
    },
    check: ({ ben, cy }) => deepEqual([ben.calls.length, statusOf(cy.last.ends[0])], [1, 486]),
  },
];

const statusOf = (end: World["ann"]["last"]["ends"][number] | undefined): number | undefined =>
  end?.cause === "rejected" ? end.response.status : undefined;
