import { deepEqual, doesNotMatch, equal } from "node:assert/strict";
import type { CallRecord } from "../../src/ops/operations.ts";
import { drawLadder } from "../../src/trace/ladder.ts";
import { CutShort } from "./cut-short.ts";
import type { Scenario } from "./scenario.ts";
import { scenarios } from "./scenarios.ts";
import { makeWorld, type Weather, type World } from "./world.ts";

/** A run that can be made again from its seed alone. */
export type Run = { readonly seed: number; readonly scenario: Scenario; readonly weather: Weather };

/** After this long every transaction and every lost dialog has timed out (RFC 3261: 64*T1 = 32 s, twice). */
const settleMs = 100_000;

/** The run of a seed: which story, in which weather. */
export function runOf(seed: number): Run {
  const scenario = scenarios[seed % scenarios.length] as Scenario;
  const severity = Math.floor(seed / scenarios.length) % 4;
  const weather = {
    seed,
    loss: [0, 0.02, 0.1, 0.2][severity] as number,
    duplicate: severity * 0.02,
    reorder: severity * 0.05,
    delayMs: 5,
  };
  return { seed, scenario, weather };
}

/** Plays the story of a name in fair weather and checks it. @returns the ladder of its calls */
export function playStory(name: string): Promise<string> {
  const seed = scenarios.findIndex((scenario) => scenario.name === name);
  if (seed < 0) throw new Error(`there is no story "${name}"`);
  return playRun(runOf(seed));
}

/** Plays a run and checks it. @returns the ladders of its calls. @throws with the ladders when something is wrong */
export async function playRun(run: Run): Promise<string> {
  const { seed, scenario, weather } = run;
  const world = await makeWorld(weather, scenario);
  try {
    await playIn(world, run);
    await world.clock.advance(settleMs);
    await checkEnd(world, scenario, weather);
  } catch (error) {
    throw new Error(`${scenario.name}, seed ${seed}: ${String(error)}\n${laddersOf(world)}`, { cause: error });
  } finally {
    await world.close();
  }
  equal(world.clock.pending, 0, `timers are left of ${scenario.name}, seed ${seed}`);
  return laddersOf(world);
}

/** In bad weather a story may go otherwise than told: whoever still has a call then hangs up. */
async function playIn(world: World, { scenario, weather }: Run): Promise<void> {
  if (weather.loss === 0) return scenario.play(world);
  await scenario.play(world).catch((error) => {
    if (!(error instanceof CutShort)) throw error;
  });
  for (const { calls } of world.handsets.values()) for (const call of calls) call.hangUp();
}

async function checkEnd(world: World, scenario: Scenario, { loss }: Weather): Promise<void> {
  const { pbx, relay, connector, desk, lab, handsets } = world;
  const { counters, calls } = await pbx.operations.status();
  const { transactions, dialogs, calls: sipCalls } = counters.sip;
  deepEqual({ calls, transactions, dialogs, sipCalls }, { calls: 0, transactions: 0, dialogs: 0, sipCalls: 0 });
  const { sessions, legs, ports } = await relay.counters();
  deepEqual({ sessions, legs, ports }, { sessions: 0, legs: 0, ports: 0 });
  equal(connector.counters().calls, 0);
  for (const phone of [desk, lab, ...handsets.values()])
    deepEqual(phone.counters().live, { transactions: 0, dialogs: 0, calls: 0, timers: 0 });
  checkTrunk(world);
  const records = await pbx.operations.history({ limit: 10 });
  if (loss > 0) return;
  const codes = records.map(({ ending }) => ending.code);
  deepEqual(codes, scenario.endings ?? Array(scenario.calls ?? 1).fill(scenario.ending ?? codes[0]));
  for (const record of records) checkRecord(record);
  scenario.check?.(world);
}

/** The trunk hears nothing of transfers and takeovers, be they asked for or only named as understood. */
function checkTrunk({ wire }: World): void {
  const told = wire.filter(({ direction, flow }) => direction === "out" && flow.remote.address.startsWith("3.80.16."));
  for (const { message } of told) {
    const shown = ["Allow", "Supported", "Require", "Refer-To", "Replaces"].map((name) => message!.headers.get(name));
    const method = message?.kind === "request" ? message.method : "";
    doesNotMatch([method, ...shown].join(" "), /REFER|NOTIFY|replaces/);
  }
}

/** Who took a call, and what each of the two got and sent, stands in its record. */
function checkRecord({ id, answeredAt, answeredBy, rungAt, startedAt, endedAt, legs }: CallRecord): void {
  const times = [startedAt, rungAt, answeredAt, endedAt].filter((time) => time !== undefined);
  deepEqual(times.toSorted(), times, `the times of ${id} are in order`);
  equal(answeredAt === undefined, answeredBy === undefined);
  if (answeredBy === undefined || answeredBy === "announcement") return;
  const parties = legs.filter((leg) => leg.id === "a" || leg.id === answeredBy);
  equal(parties.length, 2);
  for (const { received, sent } of parties) equal(received !== undefined && sent !== undefined, true);
}

const people: Readonly<Record<string, string>> = {
  "10.1.0.1": "Desk",
  "10.1.0.2": "Lab",
  "10.2.0.1": "Ann",
  "10.2.0.2": "Ben",
  "10.2.0.3": "Cy",
  "10.3.0.1": "Dora",
  "10.3.0.2": "Dora's other phone",
};

const whoIsAt = (address = ""): string => people[address] ?? (address.startsWith("3.80.16.") ? "the network" : address);

/** The ladder of all that went over a world's wire but OPTIONS. */
export function laddersOf({ wire }: World): string {
  const ids = new Set(
    wire.flatMap(({ message }) =>
      message?.headers.get("CSeq")?.includes("OPTIONS") ? [] : (message?.headers.get("Call-ID") ?? []),
    ),
  );
  const legs = [...ids].map((sipCallId, at) => {
    const first = wire.find(({ message }) => message?.headers.get("Call-ID") === sipCallId);
    return { id: String(at + 1), party: whoIsAt(first?.flow.remote.address), sipCallId };
  });
  return drawLadder(
    legs,
    wire.filter(({ message }) => ids.has(message?.headers.get("Call-ID") ?? "")),
  );
}
