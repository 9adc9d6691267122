import type { IncomingCall, IncomingOffer, IncomingTransfer } from "../../../src/index.ts";
import type { Leg } from "../leg.ts";
import type { Party } from "../party.ts";
import type { Scenario } from "../story.ts";
import type { World } from "../world.ts";

const steps = 14;
const longestPauseMs = 2500;

/** Lets the seed choose. */
class Chance {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  below(limit: number): number {
    return Math.floor(this.#world.random.fraction() * limit);
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Now, soon or later. */
  at(task: () => void): void {
    const ms = this.of([0, 0, 300, 2000, 8000]);
    if (ms === 0) task();
    else this.#world.clock.after(ms, task);
  }
}

function equip(chance: Chance, party: Party): void {
  party.manner = (call, leg) => {
    dress(chance, leg);
    chance.of([ringsAndAnswers, ringsAndAnswers, answers, refuses, ignores])(chance, party, call, leg);
  };
  party.serve = (request) => chance.at(() => request.respond(200));
}

type Manner = (chance: Chance, party: Party, call: IncomingCall, leg: Leg) => void;
const answers: Manner = (chance, party, call, leg) => chance.at(() => party.answer(call, leg));
const refuses: Manner = (chance, _party, call) => chance.at(() => call.reject(486));
const ignores: Manner = () => {};
const ringsAndAnswers: Manner = (chance, party, call, leg) => {
  for (const status of [183, 180] as const) call.ring(status, { reliable: chance.of([true, false]) });
  chance.at(() => party.answer(call, leg));
};

/** What one side does with what it is asked in a call. */
function dress(chance: Chance, leg: Leg): void {
  leg.settle = (offer: IncomingOffer) =>
    chance.at(() => (chance.below(4) === 0 ? offer.reject(488) : leg.accept(offer)));
  leg.serve = (request) => request.respond(200);
  leg.transfer = (transfer: IncomingTransfer) => {
    if (chance.below(3) === 0) return transfer.reject(603);
    transfer.accept();
    chance.at(() => transfer.progress(180));
    chance.at(() => transfer.done(200));
  };
}

type Deed = (world: World, chance: Chance, party: Party) => unknown;
const withLeg =
  (deed: (leg: Leg, chance: Chance, world: World) => unknown): Deed =>
  (world, chance, party) => {
    const legs = party.legs.filter(({ isGone }) => !isGone);
    if (legs.length > 0) deed(chance.of(legs), chance, world);
  };

const dial: Deed = (world, chance, party) => {
  const to = chance.of(world.parties.filter((other) => other !== party));
  const leg = party.dial(to, {
    offerless: chance.below(4) === 0,
    ...(chance.below(2) === 0 && { reliable: "supported" }),
  });
  dress(chance, leg);
  leg.answerOffer = (sdp) => chance.at(() => leg.call.state === "confirmed" && party.acknowledge(leg, sdp));
};
const hangUp = withLeg((leg) => leg.call.hangUp());
const reinvite = withLeg((leg) => leg.change());
const update = withLeg((leg) => leg.change("UPDATE"));
const info = withLeg((leg) => leg.call.request("INFO"));
const refer = withLeg((leg, _, world) => leg.call.refer(`<${world.carol.uri}>`, { user: { onDone: () => {} } }));
const part: Deed = (world, chance, party) => {
  const other = chance.of(world.parties.filter((each) => each !== party));
  const heal = chance.of([() => world.part(party, other), () => world.cut(party, other)])();
  world.clock.after(chance.of([400, 3000, 20_000]), heal);
};
const ask: Deed = (world, chance, party) => party.request(chance.of(world.parties), "OPTIONS");
const crash: Deed = async (_, chance, party) => {
  if (chance.below(3) > 0) return;
  await party.crash();
  await party.start();
};

const deeds = [
  dial,
  dial,
  dial,
  dial,
  hangUp,
  hangUp,
  reinvite,
  reinvite,
  update,
  update,
  info,
  refer,
  part,
  ask,
  crash,
];

const story: Scenario["play"] = async (world) => {
  const chance = new Chance(world);
  for (const party of world.parties) equip(chance, party);
  for (let step = 0; step < steps; step += 1) {
    const done = chance.of(deeds)(world, chance, chance.of(world.parties));
    if (done instanceof Promise) void done;
    await world.pass(chance.of([0, 10, chance.below(longestPauseMs)]));
  }
  await world.pass(40_000);
  for (const leg of world.parties.flatMap(({ legs }) => legs)) if (leg.call.state === "early") leg.call.hangUp();
};

/** Whatever the seed says, in whatever order. */
export const anything: readonly Scenario[] = Array.from({ length: 5 }, (_, at) => ({
  name: `anything at any time (${at + 1})`,
  play: story,
}));
