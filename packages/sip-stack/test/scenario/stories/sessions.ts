import { equal } from "node:assert/strict";
import type { Scenario } from "../story.ts";
import type { Box, World } from "../world.ts";

const isUpdate = (text: string): boolean =>
  /^CSeq: \d+ (UPDATE|INVITE)/m.test(text) && /^From: .*;tag=/m.test(text) && /^To: .*;tag=/m.test(text);
/** A box that changes what refreshes, and answers to them, say of the session's time. */
const timerBox =
  (change: (text: string) => string): Box =>
  (text) =>
    isUpdate(text) ? change(text) : text;

const withoutTimer = timerBox((text) =>
  text
    .replace(/^Session-Expires: .*\r\n/gm, "")
    .replace(/^(Supported|Require): timer\r\n/gm, "")
    .replace(/timer, /g, ""),
);
const withRefresher = (from: string, to: string): Box =>
  timerBox((text) => (text.startsWith("SIP/2.0") ? text : text.replace(`;refresher=${from}`, `;refresher=${to}`)));
const withInterval = (seconds: number): Box =>
  timerBox((text) => (text.startsWith("SIP/2.0") ? text : text.replace(/^(Session-Expires: )\d+/m, `$1${seconds}`)));

const isUp = ({ alice, bob }: World): void => {
  equal(alice.legs[0]?.call.state, "confirmed");
  equal(bob.taken[0]?.leg.call.state, "confirmed");
};

/** Session timers, RFC 4028. */
export const sessions: readonly Scenario[] = [
  {
    name: "a session that is refreshed four times, and renegotiated between",
    play: async (world) => {
      const { hers, his } = await world.talking();
      await world.pass(100_000);
      void hers.change();
      await world.pass(5000);
      void his?.change();
      await world.pass(100_000);
    },
    check: isUp,
  },
  {
    name: "a callee that takes longer intervals only",
    play: async (world) => {
      const { alice, bob } = world;
      bob.minS = 200;
      await bob.agent.close();
      await bob.start();
      const hers = alice.dial(bob);
      await world.until(() => hers.isAnswered);
      await world.pass(120_000);
    },
    check: isUp,
  },
  {
    name: "a caller whose least interval a box hides from the callee",
    play: async (world) => {
      const { alice } = world;
      alice.minS = 200;
      await alice.agent.close();
      await alice.start();
      world.box = (text) =>
        text.startsWith("INVITE") ? text.replace(/^Min-SE: .*\r\n/m, "").replace("Expires: 200", "Expires: 90") : text;
      await world.talking();
      world.box = undefined;
      await world.pass(120_000);
    },
    check: isUp,
  },
  {
    name: "a box that asks for too short an interval",
    play: async (world) => {
      await world.talking();
      world.box = withInterval(30);
      await world.pass(50_000);
      world.box = undefined;
    },
    check: isUp,
  },
  {
    name: "a box that turns the roles round, and round again",
    play: async (world) => {
      const { hers, his } = await world.talking();
      world.box = withRefresher("uac", "uas");
      await world.pass(50_000);
      world.box = withRefresher("uas", "uac");
      void his?.change();
      await world.pass(5000);
      world.box = undefined;
      void hers.change();
      await world.pass(60_000);
    },
  },
  {
    name: "a box that takes the session's time out of refreshes",
    play: async (world) => {
      await world.talking();
      world.box = withoutTimer;
      await world.pass(60_000);
      world.box = undefined;
    },
  },
  {
    name: "a box that takes the session's time out of a re-INVITE",
    play: async (world) => {
      const { hers } = await world.talking();
      world.box = withoutTimer;
      void hers.change();
      await world.pass(10_000);
      world.box = undefined;
    },
  },
  {
    name: "a session whose refreshes do not get through",
    play: async (world) => {
      await world.talking();
      world.part(world.alice, world.bob);
      await world.pass(150_000);
    },
  },
  {
    name: "a session whose refresh gets 100 and nothing else",
    play: async (world) => {
      world.box = (text) => text.replace(", UPDATE", "");
      await world.talking();
      world.box = (text) => text.replace(/^SIP\/2\.0 2.*(?=[\s\S]*^CSeq: \d+ INVITE)/m, "SIP/2.0 100 Trying");
      await world.pass(48_000);
      world.part(world.alice, world.bob);
      await world.pass(100_000);
    },
  },
  {
    name: "a call that ends while its refresh is under way",
    play: async (world) => {
      const { his } = await world.talking();
      world.box = (text) => text;
      await world.pass(30_000);
      const heal = world.part(world.alice, world.bob);
      await world.pass(20_000);
      his?.call.hangUp();
      heal();
    },
  },
];
