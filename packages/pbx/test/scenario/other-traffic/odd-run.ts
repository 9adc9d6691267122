import { deepEqual, equal, ok } from "node:assert/strict";
import { laddersOf } from "../run.ts";
import { configText, makeWorld, type World } from "../world.ts";
import { Dice } from "./dice.ts";
import { OddTrunk } from "./odd-trunk.ts";

const fair = { loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const settleMs = 100_000;
const packets = 12;
/** A sender at another place than its description names is believed after so many packets. */
const provingPackets = 5;

/** Calls that nobody should be rung for, by why. */
const refused: Readonly<Record<string, Parameters<OddTrunk["invite"]>[0]>> = {
  "a number that is not ours": { uri: "sip:+12025550999@198.51.100.204" },
  "no codec of ours": {
    body: "v=0\r\no=- 1 1 IN IP4 3.80.16.13\r\ns=-\r\nc=IN IP4 3.80.16.13\r\nt=0 0\r\nm=audio 4000 RTP/AVP 18\r\n",
  },
  "video alone": {
    body: "v=0\r\no=- 1 1 IN IP4 3.80.16.13\r\ns=-\r\nc=IN IP4 3.80.16.13\r\nt=0 0\r\nm=video 4000 RTP/AVP 31\r\n",
  },
  "something that is required and unknown": { more: [["Require", "x-unknown"]] },
  "a body of another kind": { type: "application/x-unknown", body: "?" },
  "a description that is none": { body: "hello" },
};

/**
 * Plays a call with a trunk whose messages are all in odd but legal forms, as the seed says, and checks that it is set up,
 * heard both ways and ended; or that it is refused before anybody's phone rings.
 * @returns the ladder. @throws with the ladder and the trunk's habits when something is wrong
 */
export async function playOddCall(seed: number): Promise<string> {
  const dice = new Dice(seed);
  const world = await makeWorld({ seed, ...fair }, { connected: false, config: configText });
  const kind = dice.pick(kinds);
  const trunk = await OddTrunk.open(world, dice, kind === "to-trunk");
  try {
    await play[kind](world, trunk, dice);
    await world.clock.advance(settleMs);
    await checkNothingLeft(world);
  } catch (error) {
    throw new Error(`seed ${seed}: ${String(error)}\n${trunk.summary}\n${laddersOf(world)}`, { cause: error });
  } finally {
    trunk.close();
    await world.close();
  }
  return laddersOf(world);
}

async function playRefused(world: World, trunk: OddTrunk, dice: Dice): Promise<void> {
  const [why, changes] = dice.pick(Object.entries(refused));
  trunk.invite(changes);
  await world.clock.advance(2000);
  ok((trunk.statuses.at(-1) ?? 0) >= 400, `refused for ${why}: ${trunk.statuses}`);
  deepEqual(
    trunk.statuses.filter((status) => status > 100 && status < 400),
    [],
    why,
  );
  equal(world.ann.calls.length, 0, `nobody's phone rings for ${why}`);
}

async function playFromTrunk(world: World, trunk: OddTrunk, dice: Dice): Promise<void> {
  trunk.invite();
  await world.clock.advance(1000);
  ok(trunk.statuses.includes(180) || trunk.statuses.includes(183), `the caller hears it ring: ${trunk.statuses}`);
  ok(trunk.statuses.includes(200), `the call is answered: ${trunk.statuses}`);
  await talkAndEnd(world, trunk, dice);
}

async function playToTrunk(world: World, trunk: OddTrunk, dice: Dice): Promise<void> {
  world.ann.dial("+12025550123");
  await world.clock.advance(2000);
  ok(world.ann.last.isAnswered, "the call is answered");
  ok(trunk.acks.length > 0, "the answer is acknowledged");
  await talkAndEnd(world, trunk, dice);
}

async function talkAndEnd(world: World, trunk: OddTrunk, dice: Dice): Promise<void> {
  await talk(world, trunk);
  if (dice.chance(0.5)) {
    trunk.askWithin();
    await world.clock.advance(500);
    await talk(world, trunk);
  }
  const isTrunks = dice.chance(0.5);
  if (isTrunks) trunk.hangUp();
  else world.ann.last.hangUp();
  await world.clock.advance(1000);
  equal(world.ann.last.ends.length, 1, "the call ends for Ann");
  if (isTrunks) equal(trunk.statuses.at(-1), 200, "the trunk's BYE is answered");
  else equal(trunk.byes.length, 1, "the trunk gets a BYE");
}

async function talk(world: World, trunk: OddTrunk): Promise<void> {
  const [ann, before] = [world.ann.last, { spoken: world.ann.last.spoken.length, said: trunk.spoken.length }];
  void trunk.talk(packets);
  void ann.talk(packets);
  await world.clock.advance(20 * packets + 200);
  const heardByAnn = ann.heardOf(trunk.spoken.slice(before.said));
  const least = trunk.isAsymmetric && before.said === 0 ? packets - provingPackets : packets;
  ok(heardByAnn >= least, `Ann hears ${heardByAnn} of ${packets} packets`);
  const heard = new Set(trunk.heard);
  equal(ann.spoken.slice(before.spoken).filter((name) => heard.has(name)).length, packets, "the trunk hears Ann");
}

async function checkNothingLeft({ pbx, relay, ann }: World): Promise<void> {
  const { counters, calls } = await pbx.operations.status();
  const { transactions, dialogs, calls: sipCalls } = counters.sip;
  deepEqual({ calls, transactions, dialogs, sipCalls }, { calls: 0, transactions: 0, dialogs: 0, sipCalls: 0 });
  const { sessions, legs, ports } = await relay.counters();
  deepEqual({ sessions, legs, ports }, { sessions: 0, legs: 0, ports: 0 });
  deepEqual(ann.counters().live, { transactions: 0, dialogs: 0, calls: 0, timers: 0 });
}

const play = { refused: playRefused, "from-trunk": playFromTrunk, "to-trunk": playToTrunk } as const;
const kinds = ["refused", "from-trunk", "from-trunk", "from-trunk", "to-trunk", "to-trunk", "to-trunk"] as const;
