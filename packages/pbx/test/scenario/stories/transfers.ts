import { deepEqual, equal, match } from "node:assert/strict";
import { asUserName } from "../../../src/domain/names.ts";
import type { Scenario } from "../scenario.ts";
import { annsNumber, configText, type World } from "../world.ts";
import { annCallsBen, bothTalk, callAnn, echo, settled, setupMs, trunkOf } from "./people.ts";

const transferOut = configText.replace(`"${annsNumber}": {`, `"${annsNumber}": { transferOut: true,`);

/** What the two who are left say and hear. */
const hearEachOther = (one: World["ann"]["last"], other: World["ann"]["last"], last = 25): void => {
  equal(one.heardOf(other.spoken.slice(-last)), last);
  equal(other.heardOf(one.spoken.slice(-last)), last);
};

export const transfers: readonly Scenario[] = [
  {
    name: "Ann transfers a caller of the network to Ben: she is told how it goes, the caller hears it ring, the trunk no REFER",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      world.ben.manner = { answersAfterMs: 3000 };
      await settled(world, inside.refer("sip:212@198.51.100.204"));
      await world.clock.advance(4000);
      await bothTalk(world, outside, world.ben.last);
      await world.clock.advance(3000);
      world.ben.last.hangUp();
    },
    check: (world) => {
      const [outside, inside, bens] = [trunkOf(world).last, world.ann.last, world.ben.last];
      deepEqual([inside.answers, inside.told], [[202], [100, 180, 200]]);
      equal(inside.ends[0]?.cause, "bye");
      match(bens.invite?.headers.get("From") ?? "", /sip:phone@/);
      match(outside.pattern([], 440), /^-*t{40,}/);
      hearEachOther(outside, bens);
      equal(world.sentToTrunk("REFER"), 0);
      deepEqual(outside.offered, []);
    },
  },
  {
    name: "the one who is called transfers his caller, who goes on with another",
    ending: "hung-up",
    play: async (world) => {
      const { anns, bens } = await annCallsBen(world);
      await settled(world, bens.refer("sip:113@198.51.100.204"));
      await world.clock.advance(2000);
      await bothTalk(world, anns, world.cy.last);
      await world.clock.advance(3000);
      anns.hangUp();
    },
    check: ({ ann, cy }) => hearEachOther(ann.last, cy.last),
  },
  {
    name: "a transfer to somebody who is busy comes back to the one who asked",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      world.ben.manner = { refusesWith: 486 };
      await settled(world, inside.hold());
      await settled(world, inside.refer("sip:212@198.51.100.204"));
      await world.clock.advance(1000);
      await settled(world, inside.resume());
      await bothTalk(world, outside, inside);
      inside.hangUp();
    },
    check: (world) => {
      const [outside, inside] = [trunkOf(world).last, world.ann.last];
      deepEqual(inside.told, [100, 180, 486]);
      hearEachOther(outside, inside);
    },
  },
  {
    name: "a transfer to a number that does not exist is refused at once, and nothing has changed",
    ending: "hung-up",
    play: async (world) => {
      const { anns, bens } = await annCallsBen(world);
      await settled(world, anns.refer("sip:999@198.51.100.204"));
      await settled(world, anns.refer("sip:+19005550199@198.51.100.204"));
      await bothTalk(world, anns, bens);
      anns.hangUp();
    },
    check: ({ ann, ben, sentToTrunk }) => {
      deepEqual(
        ann.last.answers.map((status) => status >= 400),
        [true, true],
      );
      hearEachOther(ann.last, ben.last);
      equal(sentToTrunk("INVITE"), 0);
    },
  },
  {
    name: "there is no room for the target of a transfer: Ann is told, and her call goes on",
    room: 2,
    ending: "hung-up",
    play: async (world) => {
      const { anns, bens } = await annCallsBen(world);
      await settled(world, anns.refer("sip:113@198.51.100.204"));
      await world.clock.advance(500);
      await bothTalk(world, anns, bens);
      anns.hangUp();
    },
    check: ({ ann, ben, cy }) => {
      deepEqual([ann.last.told, cy.calls.length], [[100, 503], 0]);
      hearEachOther(ann.last, ben.last);
    },
  },
  {
    name: "Ann hangs up at once, Ben does not take it: she is rung again and has the caller back",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      world.ben.manner = { refusesWith: 603, afterMs: 1000 };
      void inside.refer("sip:212@198.51.100.204");
      await world.clock.advance(20);
      inside.hangUp();
      await world.clock.advance(3000);
      await bothTalk(world, outside, world.ann.last);
      world.ann.last.hangUp();
    },
    check: (world) => {
      equal(world.ann.calls.length, 2);
      hearEachOther(trunkOf(world).last, world.ann.last);
    },
  },
  {
    name: "Ann hangs up at once and Ben answers: the caller has him",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      world.ben.manner = { answersAfterMs: 2000 };
      void inside.refer("sip:212@198.51.100.204");
      await world.clock.advance(500);
      inside.hangUp();
      await world.clock.advance(3000);
      await bothTalk(world, outside, world.ben.last);
      outside.hangUp();
    },
    check: (world) => {
      equal(world.ann.calls.length, 1);
      hearEachOther(trunkOf(world).last, world.ben.last);
    },
  },
  {
    name: "Ann hangs up at once, and the caller holds and comes back while Ben rings",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      world.ben.manner = { answersAfterMs: 5000 };
      void inside.refer("sip:212@198.51.100.204");
      await world.clock.advance(500);
      inside.hangUp();
      await settled(world, outside.hold("inactive"));
      await world.clock.advance(1000);
      await settled(world, outside.resume());
      await world.clock.advance(5000);
      await bothTalk(world, outside, world.ben.last);
      outside.hangUp();
    },
    check: (world) => hearEachOther(trunkOf(world).last, world.ben.last),
  },
  {
    name: "nobody takes a transfer, not even the one who asked and left: the call ends with the reason",
    connected: false,
    ending: "no-answer",
    play: async (world) => {
      const { inside } = await callAnn(world);
      world.ben.manner = { refusesWith: 486, afterMs: 1000 };
      world.ann.manner = "ignores";
      void inside.refer("sip:212@198.51.100.204");
      await world.clock.advance(20);
      inside.hangUp();
      await world.clock.advance(40_000);
    },
    check: (world) => equal(trunkOf(world).last.ends[0]?.cause, "bye"),
  },
  {
    name: "the caller hangs up while the target of a transfer rings: that stops, and Ann is told",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      world.ben.manner = "ignores";
      await settled(world, inside.refer("sip:212@198.51.100.204"));
      await world.clock.advance(2000);
      outside.hangUp();
      await world.clock.advance(1000);
    },
    check: ({ ann, ben }) => {
      equal(ben.last.ends[0]?.cause, "cancel");
      equal(ann.last.ends[0]?.cause, "bye");
    },
  },
  {
    name: "a second transfer while the first rings is refused",
    ending: "hung-up",
    play: async (world) => {
      const { anns } = await annCallsBen(world);
      world.cy.manner = "ignores";
      await settled(world, anns.refer("sip:113@198.51.100.204"));
      await settled(world, anns.refer("sip:113@198.51.100.204"));
      await world.clock.advance(1000);
      anns.hangUp();
      world.ben.last.hangUp();
    },
    check: ({ ann }) => deepEqual(ann.last.answers, [202, 403]),
  },
  {
    name: "a caller of the network is not transferred back into it",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, inside.refer(`sip:${echo}@198.51.100.204`));
      await bothTalk(world, outside, inside);
      inside.hangUp();
    },
    check: (world) => {
      deepEqual(world.ann.last.answers, [403]);
      equal(world.sentToTrunk("INVITE"), 0);
      hearEachOther(trunkOf(world).last, world.ann.last);
    },
  },
  {
    name: "a number whose callers may be: Ann's minutes count, and end the call",
    connected: false,
    config: transferOut,
    ending: "longest-call",
    play: async (world) => {
      const { inside } = await callAnn(world);
      await settled(world, inside.refer("tel:+12025550123"));
      await world.clock.advance(3000);
      for (const call of trunkOf(world).calls) void call.talk(6500);
      await world.clock.advance(130_000);
    },
    check: (world) => {
      const [outside, far] = trunkOf(world).calls as [World["ann"]["last"], World["ann"]["last"]];
      equal(outside.heardOf(far.spoken) > 5000, true);
      match(far.invite?.headers.get("From") ?? "", /\+12025550100/);
      equal(world.sentToTrunk("REFER"), 0);
    },
  },
  {
    name: "Ann transfers Ben to the network: it shows her number and counts her minutes",
    ending: "hung-up",
    play: async (world) => {
      const { anns, bens } = await annCallsBen(world);
      await settled(world, anns.refer(`sip:${echo}@198.51.100.204`));
      await world.clock.advance(3000);
      await bothTalk(world, bens);
      await world.clock.advance(500);
      bens.hangUp();
    },
    check: ({ ben, sentToTrunk }) => {
      equal(sentToTrunk("INVITE"), 1);
      equal(ben.last.heardOf(ben.last.spoken), 25);
    },
  },
  {
    name: "Ann asks Ben first and then connects her caller with him: no INVITE leaves for it, both talk within a moment",
    connected: false,
    endings: ["hung-up", "transferred"],
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, inside.hold());
      const asking = world.ann.dial("212");
      await world.clock.advance(setupMs);
      await bothTalk(world, asking, world.ben.last);
      await settled(world, asking.hold());
      await settled(world, inside.refer(asking));
      await bothTalk(world, outside, world.ben.last);
      await world.clock.advance(3000);
      outside.hangUp();
    },
    check: (world) => {
      const [inside, asking] = world.ann.calls as [World["ann"]["last"], World["ann"]["last"]];
      deepEqual(inside.told, [100, 200]);
      deepEqual(
        [inside, asking].map(({ ends }) => ends[0]?.cause),
        ["bye", "bye"],
      );
      hearEachOther(trunkOf(world).last, world.ben.last);
      equal(world.ben.calls.length, 1);
      deepEqual(world.ben.last.offered, []);
    },
  },
  {
    name: "after an attended transfer the two hold, transfer on and hang up as any other two",
    connected: false,
    endings: ["hung-up", "transferred"],
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, inside.hold());
      const asking = world.ann.dial("212");
      await world.clock.advance(setupMs);
      await settled(world, inside.refer(asking));
      await world.clock.advance(100);
      const bens = world.ben.last;
      await settled(world, bens.hold());
      await world.clock.advance(6000);
      await settled(world, bens.resume());
      await bothTalk(world, outside, bens);
      await settled(world, bens.refer("sip:113@198.51.100.204"));
      await world.clock.advance(2000);
      await bothTalk(world, outside, world.cy.last);
      await world.clock.advance(3000);
      world.cy.last.hangUp();
    },
    check: (world) => {
      const outside = trunkOf(world).last;
      match(outside.pattern([], 400), /t{8,10}-{9,11}t{8,10}/);
      equal(outside.heardOf(world.ben.last.spoken), 25);
      hearEachOther(outside, world.cy.last);
    },
  },
  {
    name: "Ann's minutes go on counting for the one whom she has connected with the network, and no longer than he talks",
    endings: ["hung-up", "transferred"],
    play: async (world) => {
      const { ann, ben, budgets, clock } = world;
      const bens = ben.dial("111");
      await clock.advance(setupMs);
      const paid = ann.dial(echo);
      await clock.advance(setupMs);
      await settled(world, ann.calls[0]!.refer(paid));
      void bens.talk(1500);
      await clock.advance(30_000);
      bens.hangUp();
      await clock.advance(70_000);
      world.noted.push(await budgets.usedSeconds(asUserName("ann"), "2030-01-01"));
    },
    check: ({ ben, noted }) => {
      const [used] = noted as [number];
      equal(used >= 30 && used <= 34, true, `${used} seconds`);
      equal(ben.last.heardOf(ben.last.spoken) > 1480, true);
    },
  },
  {
    name: "a call that is not Ann's is not hers to connect with",
    calls: 2,
    ending: "hung-up",
    play: async (world) => {
      const { anns } = await annCallsBen(world);
      const cys = world.cy.dial(echo);
      await world.clock.advance(setupMs);
      await settled(world, anns.refer(cys));
      await world.clock.advance(1000);
      anns.hangUp();
      cys.hangUp();
    },
    check: ({ ann }) => deepEqual(ann.last.answers, [403]),
  },
  {
    name: "two calls over the network are not connected with each other",
    calls: 2,
    ending: "hung-up",
    connected: false,
    play: async (world) => {
      const { inside } = await callAnn(world);
      const second = world.ann.dial(echo);
      await world.clock.advance(setupMs);
      await settled(world, inside.refer(second));
      await world.clock.advance(500);
      inside.hangUp();
      second.hangUp();
    },
    check: ({ ann }) => deepEqual(ann.calls[0]?.answers, [403]),
  },
  {
    name: "a REFER of the trunk's is refused",
    connected: false,
    ending: "hung-up",
    play: async (world) => {
      const { outside, inside } = await callAnn(world);
      await settled(world, outside.refer("sip:212@198.51.100.204"));
      await bothTalk(world, outside, inside);
      outside.hangUp();
    },
    check: (world) => {
      const outside = trunkOf(world).last;
      deepEqual([outside.answers, world.ben.calls.length], [[501], 0]);
      hearEachOther(outside, world.ann.last);
    },
  },
];
