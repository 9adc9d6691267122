import { deepEqual, equal, ok } from "node:assert/strict";
import type { HandsetCall } from "../handset.ts";
import { laddersOf } from "../run.ts";
import { makeWorld, type World } from "../world.ts";
import { Dice } from "./dice.ts";
import { OddPeer } from "./odd-peer.ts";
import { oddConfigText, oddExtension, oddNumber, phoneRole, type Role, trunkRole } from "./roles.ts";

const fair = { loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const weathers = [fair, fair, fair, { ...fair, duplicate: 0.2 }, { ...fair, reorder: 0.2 }] as const;
const settleMs = 100_000;
const packets = 12;
/** A sender at another place than its description names is believed after so many packets. */
const provingPackets = 5;

/** Calls that nobody should be rung for, by why. */
const refused: Readonly<Record<string, Parameters<OddPeer["invite"]>[0]>> = {
  "a name that is not ours": { uri: "sip:nobody@198.51.100.204" },
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

/** Who takes part in a call beside Ann, and how to call them. */
type Cast = { readonly world: World; readonly dice: Dice; readonly peer: OddPeer };

/**
 * Plays a call with peers whose messages are all in odd but legal forms, as the seed says, and checks that it is set up,
 * heard both ways and ended; or that it is refused before anybody's phone rings.
 * @returns the ladder. @throws with the ladder and the peers' habits when something is wrong
 */
export async function playOddCall(seed: number): Promise<string> {
  const dice = new Dice(seed);
  const world = await makeWorld({ seed, ...dice.pick(weathers) }, { connected: false, config: oddConfigText });
  const kind = dice.pick(kinds);
  const role = kind === "across" ? trunkRole : dice.pick([trunkRole, phoneRole(dice)]);
  const peers: OddPeer[] = [];
  const open = async (as: Role, isCalled: boolean): Promise<OddPeer> => {
    const peer = await OddPeer.open(world, dice, { role: as, isCalled });
    peers.push(peer);
    if (as.credentials === undefined) return peer;
    peer.register();
    await world.clock.advance(200);
    equal(peer.statuses.pop(), 200, "the phone registers");
    return peer;
  };
  try {
    const peer = await open(role, called.has(kind));
    if (kind === "across") await playAcross({ world, dice, peer }, await open(phoneRole(dice), false));
    else await play[kind]({ world, dice, peer });
    await world.clock.advance(settleMs);
    await checkNothingLeft(world, peers);
  } catch (error) {
    const summaries = peers.map(({ summary }) => summary).join("\n");
    throw new Error(`seed ${seed}, ${kind}: ${String(error)}\n${summaries}\n${laddersOf(world)}`, { cause: error });
  } finally {
    for (const peer of peers) peer.close();
    await world.close();
  }
  return laddersOf(world);
}

async function playRefused({ world, dice, peer }: Cast): Promise<void> {
  const [why, changes] = dice.pick(Object.entries(refused));
  peer.invite(changes);
  await world.clock.advance(2000);
  ok((peer.statuses.at(-1) ?? 0) >= 400, `refused for ${why}: ${peer.statuses}`);
  deepEqual(
    peer.statuses.filter((status) => status > 100 && status < 400),
    [],
    why,
  );
  equal(world.ann.calls.length, 0, `nobody's phone rings for ${why}`);
}

async function playCalling(cast: Cast): Promise<void> {
  const { world, dice, peer } = cast;
  peer.invite(dice.pick([{}, {}, {}, {}, { body: "" }]));
  await world.clock.advance(1000);
  ok(peer.statuses.includes(180) || peer.statuses.includes(183), `the caller hears it ring: ${peer.statuses}`);
  ok(peer.statuses.includes(200), `the call is answered: ${peer.statuses}`);
  await talkAndEnd(cast, world.ann.last);
}

async function playCalled(cast: Cast): Promise<void> {
  const { world, peer } = cast;
  const call = annCalls(cast);
  await world.clock.advance(2000);
  ok(call.isAnswered, "the call is answered");
  ok(peer.got("ACK") > 0, "the answer is acknowledged");
  await talkAndEnd(cast, call);
}

const annCalls = ({ world, peer }: Cast): HandsetCall =>
  world.ann.dial(peer.role.name === "trunk" ? "+12025550123" : oddExtension);

async function playBusy(cast: Cast): Promise<void> {
  const { world, peer } = cast;
  peer.manner = "refuses";
  const call = annCalls(cast);
  await world.clock.advance(2000);
  deepEqual([call.isAnswered, call.ends.length], [false, 1], "the refusal reaches Ann");
  ok(peer.got("ACK") > 0, "the refusal is acknowledged");
}

/** The caller gives up while it rings. */
async function playCancelled(cast: Cast): Promise<void> {
  const { world, dice, peer } = cast;
  world.ann.manner = "ignores";
  peer.invite();
  await world.clock.advance(dice.pick([500, 3000]));
  peer.cancel();
  await world.clock.advance(1000);
  deepEqual(peer.statuses.slice(-2).toSorted(), [200, 487], "CANCEL and INVITE are answered");
  equal(world.ann.last.ends[0]?.cause, "cancel", "Ann's phone stops");
}

/** Ann gives up while it rings; some answer all the same. */
async function playGivenUp(cast: Cast): Promise<void> {
  const { world, dice, peer } = cast;
  peer.manner = dice.pick(["rings", "answers late"]);
  const call = annCalls(cast);
  await world.clock.advance(1000);
  call.hangUp();
  await world.clock.advance(500);
  if (peer.got("CANCEL") === 0) return;
  ok(peer.got("ACK") > 0, "the end is acknowledged");
  if (peer.manner === "answers late") equal(peer.got("BYE"), 1, "an answer that comes too late is ended");
}

/** An odd phone calls over, or from, an odd trunk. */
async function playAcross({ world, dice, peer: trunk }: Cast, phone: OddPeer): Promise<void> {
  const isOut = dice.chance(0.5);
  const [caller, callee] = isOut ? [phone, trunk] : [trunk, phone];
  caller.invite({ uri: isOut ? "sip:+12025550123@198.51.100.204" : `sip:${oddNumber}@198.51.100.204` });
  await world.clock.advance(2500);
  ok(caller.statuses.includes(200), `the call is answered: ${caller.statuses}`);
  ok(callee.got("ACK") > 0, "the answer is acknowledged");
  await introduce(world, [caller, callee]);
  const before = [caller, callee].map(({ spoken }) => spoken.length);
  await Promise.all([caller.talk(packets), callee.talk(packets), world.clock.advance(20 * packets + 200)]);
  equal(heardOf(callee, caller.spoken.slice(before[0])), packets, "the callee hears the caller");
  equal(heardOf(caller, callee.spoken.slice(before[1])), packets, "the caller hears the callee");
  const [leaver, left] = dice.shuffled([caller, callee]);
  const byes = left!.got("BYE");
  leaver!.hangUp();
  await world.clock.advance(1000);
  equal(left!.got("BYE") - byes, 1, "the other gets a BYE");
}

/** Who sends from elsewhere is believed after some packets. */
async function introduce(world: World, peers: readonly OddPeer[]): Promise<void> {
  const hidden = peers.filter(({ isElsewhere }) => isElsewhere);
  if (hidden.length > 0)
    await Promise.all([...hidden.map((peer) => peer.talk(provingPackets + 1)), world.clock.advance(400)]);
}

const heardOf = ({ heard }: OddPeer, spoken: readonly string[]): number => {
  const names = new Set(heard);
  return spoken.filter((name) => names.has(name)).length;
};

async function talkAndEnd(cast: Cast, ann: HandsetCall): Promise<void> {
  const { world, dice, peer } = cast;
  await introduce(world, [peer]);
  await talk(cast, ann);
  for (const change of dice.some(within, 0.25)) {
    await change(cast, ann);
    await talk(cast, ann);
  }
  const isPeers = dice.chance(0.5);
  const byes = peer.got("BYE");
  if (isPeers) peer.hangUp();
  else ann.hangUp();
  await world.clock.advance(1000);
  equal(ann.ends.length, 1, "the call ends for Ann");
  if (isPeers) equal(peer.statuses.at(-1), 200, "the BYE is answered");
  else equal(peer.got("BYE") - byes, 1, "the peer gets a BYE");
}

/** What happens within a call. */
const within: readonly ((cast: Cast, ann: HandsetCall) => Promise<void>)[] = [
  async ({ world, peer }) => {
    peer.askWithin();
    await world.clock.advance(500);
  },
  async ({ world, peer }) => {
    peer.hold();
    await world.clock.advance(500);
    equal(peer.statuses.at(-1), 200, "hold is answered");
    peer.resume();
    await world.clock.advance(500);
    equal(peer.statuses.at(-1), 200, "the end of hold is answered");
  },
  async ({ world, peer }) => {
    peer.askForOffer();
    await world.clock.advance(500);
    equal(peer.statuses.at(-1), 200, "an offer comes");
  },
  async ({ world, peer }) => {
    peer.move();
    await world.clock.advance(500);
    equal(peer.statuses.at(-1), 200, "the new place is taken");
    await introduce(world, [peer]);
  },
  async ({ world, peer }) => {
    await world.clock.advance(200);
    peer.changeSource();
  },
  async ({ world }, ann) => {
    void ann.hold();
    await world.clock.advance(500);
    void ann.resume();
    await world.clock.advance(500);
  },
];

async function talk({ world, peer }: Cast, ann: HandsetCall): Promise<void> {
  const before = { spoken: ann.spoken.length, said: peer.spoken.length };
  void peer.talk(packets);
  void ann.talk(packets);
  await world.clock.advance(20 * packets + 200);
  const said = peer.spoken.slice(before.said);
  equal(ann.heardOf(said), said.length, "Ann hears all packets");
  equal(said.length, packets);
  equal(heardOf(peer, ann.spoken.slice(before.spoken)), packets, "the peer hears Ann");
}

async function checkNothingLeft({ pbx, relay, ann }: World, peers: readonly OddPeer[]): Promise<void> {
  const { counters, calls } = await pbx.operations.status();
  const { transactions, dialogs, calls: sipCalls } = counters.sip;
  deepEqual({ calls, transactions, dialogs, sipCalls }, { calls: 0, transactions: 0, dialogs: 0, sipCalls: 0 });
  const { sessions, legs, ports } = await relay.counters();
  deepEqual({ sessions, legs, ports }, { sessions: 0, legs: 0, ports: 0 });
  deepEqual(ann.counters().live, { transactions: 0, dialogs: 0, calls: 0, timers: 0 });
  for (const peer of peers) equal(peer.statuses.includes(500), false, "nothing fails inside");
}

const play = {
  refused: playRefused,
  calling: playCalling,
  called: playCalled,
  busy: playBusy,
  cancelled: playCancelled,
  "given up": playGivenUp,
} as const;
const called: ReadonlySet<string> = new Set(["called", "busy", "given up"]);
const often = ["calling", "calling", "calling", "called", "called", "called"] as const;
const kinds = ["refused", "busy", "cancelled", "given up", "across", ...often, ...often] as const;
