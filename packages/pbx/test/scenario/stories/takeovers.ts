import { deepEqual, equal } from "node:assert/strict";
import { replacesOf } from "@trunkline/sip-stack";
import type { HandsetCall } from "../handset.ts";
import type { Scenario } from "../scenario.ts";
import { configText, type World } from "../world.ts";
import { bothTalk, echo, setupMs } from "./people.ts";

const password = "doras-secret";
const credentials = { username: "dora", password };
const withDora = `${configText.replace("  ann: {", `  dora: { name: Dora, extension: "114", callerId: "+12025550100", device: { username: dora, password: ${password} } }\n  ann: {`)}devices: { allow: [10.3.0.0/24] }
`;
const phones = ["10.3.0.1", "10.3.0.2"] as const;

/** A phone of Dora's asks for the call that another one has. */
const replacing = (call: HandsetCall) => ({
  headers: [["Replaces", replacesOf(call.sip) ?? ""]] as const,
  credentials,
});

const callsOf = (world: World): readonly HandsetCall[] => phones.map((address) => world.handsets.get(address)!.last);

const statusOf = (call: HandsetCall | undefined): number | undefined => {
  const end = call?.ends[0];
  return end?.cause === "rejected" ? end.response.status : undefined;
};

export const takeovers: readonly Scenario[] = [
  {
    name: "Dora's other phone takes her call over: the network hears one stream and is asked nothing",
    config: withDora,
    ending: "hung-up",
    play: async (world) => {
      const [first, second] = [await world.handsetAt(phones[0]), await world.handsetAt(phones[1])];
      const one = first.dial(echo, { credentials });
      await world.clock.advance(setupMs);
      await bothTalk(world, one);
      const other = second.dial(echo, replacing(one));
      await world.clock.advance(500);
      await bothTalk(world, other);
      await world.clock.advance(500);
      other.hangUp();
    },
    check: (world) => {
      const [one, other] = callsOf(world) as [HandsetCall, HandsetCall];
      equal(one.ends[0]?.cause, "bye");
      equal(one.heardOf(one.spoken), 25);
      equal(other.heardOf(other.spoken), 25);
      equal(world.sentToTrunk("INVITE"), 1);
    },
  },
  {
    name: "there is no room for a takeover: it is refused, and the call goes on where it is",
    config: withDora,
    room: 2,
    ending: "hung-up",
    play: async (world) => {
      const [first, second] = [await world.handsetAt(phones[0]), await world.handsetAt(phones[1])];
      const one = first.dial(echo, { credentials });
      await world.clock.advance(setupMs);
      second.dial(echo, replacing(one));
      await world.clock.advance(500);
      await bothTalk(world, one);
      await world.clock.advance(500);
      one.hangUp();
    },
    check: (world) => {
      const [one, other] = callsOf(world) as [HandsetCall, HandsetCall];
      equal(statusOf(other), 503);
      equal(one.heardOf(one.spoken), 25);
    },
  },
  {
    name: "nobody takes over a call that is not his, and one that is over is nobody's",
    config: withDora,
    calls: 1,
    ending: "hung-up",
    play: async (world) => {
      const [first, second] = [await world.handsetAt(phones[0]), await world.handsetAt(phones[1])];
      const one = first.dial(echo, { credentials });
      await world.clock.advance(setupMs);
      world.ann.dial(echo, { headers: replacing(one).headers });
      await world.clock.advance(500);
      one.hangUp();
      await world.clock.advance(500);
      second.dial(echo, replacing(one));
      await world.clock.advance(500);
    },
    check: (world) => {
      deepEqual([world.ann.last, callsOf(world)[1]].map(statusOf), [403, 481]);
    },
  },
];
