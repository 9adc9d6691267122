import { deepEqual, equal } from "node:assert/strict";
import { drawLadder } from "./ladder.ts";
import type { Leg } from "./leg.ts";
import { scenarios } from "./scenarios.ts";
import type { Scenario } from "./story.ts";
import { type Weather, World } from "./world.ts";

/** A run that can be made again from its seed alone. */
export type Run = { readonly seed: number; readonly scenario: Scenario; readonly weather: Weather };

/** After this long every transaction is over, and every session whose other side is gone has expired. */
const settleMs = 200_000;
const endMs = 100_000;
/** What is under way at any moment, such as a BYE that was lost, is over after this long. */
const transactionMs = 33_000;

/** The run of a seed: which story, in which weather. */
export function runOf(seed: number): Run {
  const scenario = scenarios[seed % scenarios.length] as Scenario;
  const severity = Math.floor(seed / scenarios.length) % 4;
  const weather = {
    seed,
    loss: [0, 0.05, 0.15, 0.3][severity] as number,
    duplicate: severity * 0.05,
    reorder: severity * 0.1,
    // Now and then a way so long that everything is sent twice.
    delayMs: severity === 0 ? 5 : seed % 7 === 0 ? 600 : 5 + (seed % 60),
  };
  return { seed, scenario, weather };
}

/** Plays a run and checks it. @returns its ladder. @throws with the ladder when something is wrong */
export async function playRun({ seed, scenario, weather }: Run): Promise<string> {
  const world = new World(weather);
  await world.start();
  try {
    await scenario.play(world);
    await world.pass(settleMs);
    await agree(world);
    if (weather.loss === 0) scenario.check?.(world);
    await renegotiate(world, weather);
    await agree(world);
    await end(world);
    checkEnd(world);
    return drawLadder(world.rungs);
  } catch (error) {
    throw new Error(`${scenario.name} (replay sip ${seed}): ${String(error)}\n${drawLadder(world.rungs)}`, {
      cause: error,
    });
  } finally {
    await world.close();
  }
}

const isUp = ({ call }: Leg): boolean => call.state === "confirmed";

/** Each dialog that one side holds, the other side holds too, with the same tags and the same session. */
function checkAgreement(world: World): void {
  const legs = world.parties.flatMap((party) => party.legs).filter(({ isGone }) => !isGone);
  for (const leg of legs.filter(({ call }) => call.state !== "ended")) {
    const { callId, localTag, remoteTag, state } = leg.call;
    equal(state, "confirmed", "nothing rings for ever");
    const others = legs.filter(({ call }) => call.callId === callId && call.localTag === remoteTag);
    deepEqual(
      others.filter(isUp).map((other) => [other.call.remoteTag, other.agreed]),
      [[localTag, leg.agreed]],
    );
  }
}

/** Waits until nothing is under way that would explain a difference; then there must be none. */
async function agree(world: World): Promise<void> {
  for (let patience = 0; patience < 5 && !isAgreed(world); patience += 1) await world.pass(transactionMs);
  checkAgreement(world);
}

/** Calls that are up can go on: both sides of each make an offer at once, and where nothing is lost both are answered. */
async function renegotiate(world: World, { loss }: Weather): Promise<void> {
  const legs = world.parties.flatMap((party) => party.legs).filter((leg) => isUp(leg) && !leg.isGone);
  for (const leg of legs) leg.settle = (offer) => leg.accept(offer);
  const statuses: (number | undefined)[] = [];
  for (const leg of legs) void leg.change().then((status) => statuses.push(status));
  await world.pass(transactionMs);
  if (loss > 0) return;
  deepEqual(
    statuses,
    legs.map(() => 200),
  );
}

function isAgreed(world: World): boolean {
  try {
    checkAgreement(world);
    return true;
  } catch {
    return false;
  }
}

async function end(world: World): Promise<void> {
  for (const party of world.parties) {
    for (const leg of party.legs) leg.call.hangUp();
    for (const registration of party.registrations) void registration.close();
  }
  await world.pass(endMs);
}

function checkEnd({ parties }: World): void {
  for (const { agent, legs, name, rules } of parties) {
    deepEqual(agent.counters().live, { transactions: 0, dialogs: 0, calls: 0, timers: 0 }, `${name} has nothing left`);
    deepEqual(
      legs.map(({ ends }) => ends.length),
      legs.map(() => 1),
      `${name} heard of each end once`,
    );
    deepEqual(rules.broken, [], `${name} answers as the RFCs allow`);
  }
}
