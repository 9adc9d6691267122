import { afterEach, expect, test } from "vitest";
import { Phone } from "./phone.ts";
import { configText, makeWorld, ownNumber, type World } from "./world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const premium = "+19005550199";
const echo = "+12025550123";
const pbx = "198.51.100.204:5060";

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

type Attempt = (world: World) => void | Promise<void>;

const dialling =
  (number: string, changes: Parameters<Phone["dial"]>[1] = {}): Attempt =>
  ({ desk }) =>
    desk.dial(number, changes);

/** Ways to make the trunk dial without right, each with the word in the record that says why it was refused. */
const attempts: readonly (readonly [what: string, attempt: Attempt, code: string | undefined])[] = [
  ["a premium number", dialling(premium), "premium-number"],
  ["a premium number whose plus is escaped", dialling("%2B19005550199"), "premium-number"],
  ["a premium number with brackets and blanks", dialling("+1%20(900)%20555-0199"), "premium-number"],
  ["a premium number without its country", dialling("900-555-0199"), "premium-number"],
  ["a premium number dialled as from abroad", dialling("01119005550199"), "premium-number"],
  ["a premium number as a tel URI", dialling(premium, { uri: `tel:${premium}` }), "premium-number"],
  ["a premium number at another host", dialling(premium, { uri: `sip:${premium}@203.0.113.9` }), "premium-number"],
  [
    "a premium number as a phone's user",
    dialling(premium, { uri: `sip:${premium}@${pbx};user=phone` }),
    "premium-number",
  ],
  ["a premium number with parameters of its own", dialling(`${premium};phone-context=+1`), "premium-number"],
  ["a satellite phone", dialling("+88216123456"), "premium-number"],
  ["shared cost of no country", dialling("+80812345678"), "premium-number"],
  ["Jamaica, which looks like home", dialling("+18765550123"), "not-allowed"],
  ["the Dominican Republic, without its plus", dialling("18095550123"), "not-allowed"],
  ["another country", dialling("+442079460018"), "not-allowed"],
  ["another country behind a carrier's code", dialling("011442079460018"), "not-allowed"],
  ["an emergency number", dialling("911"), "emergency"],
  ["a short number", dialling("411"), "short-number"],
  ["digits of another script that spell nothing", dialling("%D9%A1%D9%A2"), "not-a-number"],
  ["a number too long to be one", dialling(`+1${"2".repeat(60)}`), "not-a-number"],
  ["nothing at all", dialling("anonymous"), "not-a-number"],
  [
    "a premium number in a Route of the phone's choosing",
    dialling(premium, { headers: [["Route", "<sip:3.80.16.13;lr>"]] }),
    "premium-number",
  ],
  [
    "a premium number in somebody else's name",
    dialling(premium, {
      from: "<sip:+12125550199@example.com>",
      headers: [
        ["P-Asserted-Identity", "<sip:+12125550199@example.com>"],
        ["Remote-Party-ID", "<sip:+12125550199@example.com>"],
        ["Diversion", "<sip:+12125550199@example.com>"],
      ],
    }),
    "premium-number",
  ],
  [
    "the network calls a number of another network",
    ({ connector }) => void connector.call({ from: echo, to: "+12125550199" }),
    "no-such-number",
  ],
  [
    "the network calls a premium number through us",
    ({ connector }) => void connector.call({ from: echo, to: premium }),
    "no-such-number",
  ],
  [
    "a phone that is called sends the caller elsewhere",
    ({ connector, desk, lab }) => {
      for (const phone of [desk, lab]) phone.behave({ kind: "refuses", status: 302, afterMs: 100 });
      void connector.call({ from: echo, to: ownNumber });
    },
    "no-answer",
  ],
];

test.each(attempts)("%s: no INVITE leaves, and the record says why", async (_, attempt, code) => {
  world = await makeWorld(fair);
  await attempt(world);
  await world.clock.advance(40_000);
  expect(world.sentToTrunk("INVITE")).toBe(0);
  expect((await world.pbx.operations.history({ limit: 9 })).map(({ ending }) => ending.code)).toEqual([code]);
});

test.each([
  ["DE", "+49900123456789"],
  ["DE", "0900 1 234567 8"],
  ["NL", "+3190612345678"],
  ["FI", "+3586001234567"],
  ["JP", "+819901234567"],
])("%s: a premium number with one digit too many, %s, is not dialled", async (country, number) => {
  const config = configText.replace("calling: {", `calling: { country: ${country}, allow: [${country}],`);
  world = await makeWorld(fair, { config });
  world.desk.dial(encodeURIComponent(number));
  await world.clock.advance(5000);
  expect(world.sentToTrunk("INVITE")).toBe(0);
  expect(await world.pbx.operations.history({ limit: 1 })).toMatchObject([{ ending: { code: "premium-number" } }]);
});

test("a caller shows the trunk an owned number and nothing that she wrote herself", async () => {
  world = await makeWorld(fair);
  const { desk, clock, wire } = world;
  desk.dial(echo, {
    from: '"Boss" <sip:+12125550199@example.com>',
    headers: [
      ["P-Asserted-Identity", "<sip:+12125550199@example.com>"],
      ["X-Account", "4711"],
      ["Route", "<sip:203.0.113.9;lr>"],
    ],
  });
  await clock.advance(3000);
  const invites = wire.flatMap(({ direction, flow, message }) =>
    direction === "out" &&
    flow.remote.address.startsWith("3.80.16.") &&
    message?.kind === "request" &&
    message.method === "INVITE"
      ? [message]
      : [],
  );
  expect(invites).toHaveLength(1);
  const text = [...invites[0]!.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
  expect(text).toContain(`From: <sip:${ownNumber}@198.51.100.204>`);
  expect(text).not.toMatch(/12125550199|Boss|4711|203\.0\.113/);
  desk.hangUp();
  await clock.advance(1000);
});

test("calls at once talk no longer together than the minutes of a day", async () => {
  const limits = "maxMinutes: 200, maxCallsPerUser: 5, maxCalls: 50, callsPerSecond: 50";
  const config = `${configText.replace("maxMinutes: 2", limits)}media: { silenceSeconds: 3600 }\n`;
  world = await makeWorld(fair, { config });
  const { ann, budgets, clock, pbx } = world;
  const calls = [1, 2, 3, 4, 5].map(() => ann.dial(echo));
  await clock.advance(8000);
  expect(calls.map(({ isAnswered }) => isAnswered)).toEqual([true, true, true, true, true]);
  await clock.advance(60_000);
  expect(await budgets.usedSeconds("ann" as never, "2030-01-01")).toBe(180);
  expect((await pbx.operations.history({ limit: 9 })).map(({ ending }) => ending.code)).toEqual(
    calls.map(() => "minutes-used"),
  );
});

test("one who dials and hangs up again and again does not keep the others from the trunk", async () => {
  const limits = "maxMinutes: 200, maxCallsPerUser: 5, maxCalls: 50, callsPerSecond: 2";
  world = await makeWorld(fair, { config: configText.replace("maxMinutes: 2", limits) });
  const { ann, ben, clock } = world;
  for (let count = 0; count < 40; count += 1) {
    const call = ann.dial(echo);
    await clock.advance(100);
    call.hangUp();
    await clock.advance(20);
  }
  const call = ben.dial(echo);
  await clock.advance(6000);
  expect(call.isAnswered).toBe(true);
});

test("a call past midnight is not ended by what was left of the day before", async () => {
  const limits = "maxMinutes: 200, minutesPerUserPerDay: 10";
  const config = `${configText.replace("maxMinutes: 2, minutesPerUserPerDay: 3", limits)}media: { silenceSeconds: 3600 }\n`;
  world = await makeWorld(fair, { config });
  const { ann, clock, pbx, jump } = world;
  jump(23 * 3_600_000 + 55 * 60_000);
  ann.dial(echo);
  await clock.advance(800_000);
  expect(await pbx.operations.calls()).toHaveLength(1);
  await clock.advance(120_000);
  expect(await pbx.operations.history({ limit: 9 })).toMatchObject([{ ending: { code: "minutes-used" } }]);
});

test("a phone in a call that asks us to call a premium number is refused", async () => {
  world = await makeWorld(fair);
  const { desk, clock } = world;
  desk.dial(echo);
  await clock.advance(3000);
  void desk.refer(`<sip:${premium}@${pbx}>`);
  await clock.advance(3000);
  expect(world.sentToTrunk("INVITE")).toBe(1);
  desk.hangUp();
  await clock.advance(1000);
});

test("a stranger gets not a byte, and the operator sees what she wanted", async () => {
  world = await makeWorld(fair);
  const { clock, network, pbx: server } = world;
  let answers = 0;
  network.observe(({ to }) => {
    if (to.address === "203.0.113.66") answers += 1;
  });
  const parts = { clock, network, random: (length: number) => new Uint8Array(length).fill(7) };
  const stranger = new Phone("203.0.113.66", { address: "198.51.100.204", port: 5060 }, parts);
  await stranger.open();
  stranger.dial(echo);
  await clock.advance(40_000);
  expect([answers, world.sentToTrunk("INVITE")]).toEqual([0, 0]);
  expect((await server.operations.refusals(1))[0]).toMatchObject({
    what: "INVITE",
    source: "203.0.113.66:5060",
    why: "not in trunk.allow",
  });
  await stranger.close();
});
