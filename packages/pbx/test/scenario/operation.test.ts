import { afterEach, describe, expect, test } from "vitest";
import { alongside, configText, makeWorld, ownNumber, type World, worldConfig } from "./world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const echo = "+12025550123";

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

async function open(): Promise<World> {
  world = await makeWorld(fair);
  return world;
}

/** The desk is in a call with the echo. */
async function inCall(): Promise<World> {
  const made = await open();
  made.desk.dial(echo);
  await made.clock.advance(3000);
  expect(made.desk.answered).toBe(true);
  return made;
}

const retryAfterOf = ({ wire }: World, to: string): (string | undefined)[] =>
  wire.flatMap(({ direction, flow, message }) =>
    direction === "out" && flow.remote.address === to && message?.kind === "response" && message.status === 503
      ? [message.headers.get("Retry-After")]
      : [],
  );

describe("draining", () => {
  test("refuses new calls both ways with 503 and when to try again, while the one that is up goes on until it is over", async () => {
    const made = await inCall();
    const { clock, connector, desk, lab, pbx } = made;
    let isDone = false;
    const drained = pbx.drain(300_000).then(() => {
      isDone = true;
    });
    expect(await pbx.operations.readiness()).toEqual(["draining: no new calls are accepted"]);
    lab.dial(echo);
    const inbound = connector.call({ from: echo, to: ownNumber });
    await clock.advance(1000);
    expect(lab.ends).toMatchObject([{ response: { status: 503 } }]);
    expect(await inbound).toMatchObject({ outcome: "refused", status: 503 });
    expect(retryAfterOf(made, lab.address.address)).toEqual(["30"]);
    expect(retryAfterOf(made, "3.80.16.13")).toEqual(["30"]);
    await Promise.all([desk.talk(100), clock.advance(5000)]);
    expect(desk.heard.filter((payload) => desk.spoken.includes(payload))).toEqual(desk.spoken);
    expect(isDone).toBe(false);
    desk.hangUp();
    await clock.advance(1000);
    await drained;
    expect((await pbx.operations.history({ limit: 9 })).map(({ ending }) => ending.code).sort()).toEqual([
      "hung-up",
      "shutting-down",
      "shutting-down",
    ]);
  });

  test("ends what is still up at the limit with a BYE that says why", async () => {
    const { clock, desk, pbx } = await inCall();
    const drained = pbx.drain(30_000);
    await clock.advance(29_000);
    expect(desk.ends).toEqual([]);
    await clock.advance(2000);
    await drained;
    await alongside(clock, pbx.close());
    expect(desk.ends).toMatchObject([{ cause: "bye" }]);
    const [end] = desk.ends;
    const reasons = end?.cause === "bye" ? end.request.headers.all("Reason") : [];
    expect(reasons[0]).toContain("The phone system is restarting.");
  });

  test("waits for nobody when it is hurried", async () => {
    const { pbx } = await inCall();
    const hurry = new AbortController();
    const drained = pbx.drain(300_000, hurry.signal);
    hurry.abort();
    await drained;
    expect(await pbx.operations.calls()).toHaveLength(1);
  });
});

test("an ACK that never comes stands in the call's record, with the Contact that it was to go to", async () => {
  const { clock, desk, network, pbx } = await open();
  desk.dial(echo);
  await clock.advance(1000);
  network.partition((from, to) => from.address === desk.address.address && from.port === 5060 && to.port === 5060);
  await clock.advance(60_000);
  const [record] = await pbx.operations.history({ limit: 1 });
  expect(record).toMatchObject({ ending: { code: "no-ack" } });
  expect(record?.legs.map(({ ackLate }) => ackLate)).toEqual(["<sip:trunkline@198.51.100.204:5060>", undefined]);
});

describe("a clock that is set", () => {
  test.each([
    ["an hour forward", 3_600_000],
    ["an hour back", -3_600_000],
  ])("%s leaves a call alone, and its record tells how long it really was", async (_, jumpMs) => {
    const { clock, desk, jump, pbx } = await inCall();
    jump(jumpMs);
    await Promise.all([desk.talk(100), clock.advance(10_000)]);
    expect(desk.heard.filter((payload) => desk.spoken.includes(payload))).toEqual(desk.spoken);
    expect(desk.ends).toEqual([]);
    desk.hangUp();
    await clock.advance(1000);
    const [record] = await pbx.operations.history({ limit: 1 });
    const talkedMs = Date.parse(record?.endedAt ?? "") - Date.parse(record?.answeredAt ?? "");
    expect(record?.ending.code).toBe("hung-up");
    expect(Math.round(talkedMs / 1000)).toBe(12);
  });
});

const withoutDesk = `version: 1
sip: { udp: "198.51.100.204:5060" }
trunk: { host: 3.80.16.14, allow: [us-east-1], optionsSeconds: 3600 }
numbers: { "${ownNumber}": { ring: [lab], ringSeconds: 20, unanswered: reject } }
users: { lab: { name: Lab, callerId: "${ownNumber}", contact: "sip:10.1.0.2:5060" } }
calling: { allow: [GB] }
`;

describe("a new configuration", () => {
  test("takes users, numbers and rules at once, and says what else has changed", async () => {
    const { clock, lab, desk, pbx, sentToTrunk } = await open();
    expect(await pbx.reload(worldConfig(withoutDesk))).toEqual({ users: 1, numbers: 1, restart: ["trunk"] });
    lab.dial(echo);
    await clock.advance(1000);
    expect(lab.ends).toMatchObject([{ response: { status: 403 } }]);
    desk.dial("+442079460018");
    await clock.advance(40_000);
    expect(desk.ends).toMatchObject([{ cause: "timeout" }]);
    expect(sentToTrunk("INVITE")).toBe(0);
  });

  test("leaves a call that is up alone, of a user too who is none any more: she talks on and hangs up, and calls no more", async () => {
    const { clock, desk, pbx } = await inCall();
    await pbx.reload(worldConfig(withoutDesk));
    await Promise.all([desk.talk(100), clock.advance(5000)]);
    expect(desk.heard.filter((payload) => desk.spoken.includes(payload))).toEqual(desk.spoken);
    desk.hangUp();
    await clock.advance(1000);
    expect((await pbx.operations.history({ limit: 1 }))[0]).toMatchObject({
      from: "desk",
      ending: { code: "hung-up", by: "caller" },
    });
    const before = desk.ends.length;
    desk.dial(echo);
    await clock.advance(40_000);
    expect(desk.ends.slice(before)).toMatchObject([{ cause: "timeout" }]);
  });

  test("takes from a user who is none any more also the right to transfer her call to the telephone network", async () => {
    const { ann, ben, clock, pbx, sentToTrunk } = await open();
    const call = ann.dial("212");
    await clock.advance(3000);
    expect([call.isAnswered, ben.last.isAnswered]).toEqual([true, true]);
    const others = configText.replace("ring: [ann]", "ring: [ben]").replace(/^ {2}ann: .*\n/m, "");
    expect(await pbx.reload(worldConfig(others))).toMatchObject({ users: 4 });
    void call.refer(`sip:${echo}@198.51.100.204`);
    await clock.advance(3000);
    expect([sentToTrunk("INVITE"), (await pbx.operations.calls()).length]).toEqual([0, 1]);
    call.hangUp();
    await clock.advance(1000);
  });
});
