import { setTimeout } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { intervalsOf } from "../../harness/audio/intervals.ts";
import { between, durationMs, makeSound } from "../../harness/audio/sound.ts";
import { type Browser, openChromium } from "../../harness/browser/chromium.ts";
import { recordingsOf } from "../../harness/browser/page.ts";
import { type Library, openSoftphone, type SoftphonePage } from "../../harness/browser/softphone-page.ts";
import { testNetwork } from "../../harness/network.ts";
import { type Server, startServer } from "../../harness/server/server.ts";
import { emptied, statusOf } from "../peers/counters.ts";
import { cuttableWay } from "../peers/cuttable-way.ts";
import { type ArrivedCall, type FarEnd, farEnd } from "../peers/far-end.ts";
import { type Ear, fromNow, hears, hearsNoMore, microphone, voice } from "./hears.ts";

const network = testNetwork();
const [server, trunk, lab] = [`${network}.1`, `${network}.2`, `${network}.3`];
const outside = "+12025550123";
const [outsideHz, labHz, holdHz, comfortHz] = [620, 1040, 400, 425];
const saying = (hz: number) => makeSound([{ seconds: 2, hz: [hz], levelDbfs: -14 }], 8000);

const config = `version: 1
sip: { udp: "${server}:5060" }
trunk: { host: ${trunk}, allow: ["${trunk}"] }
numbers: { "+16185558387": { ring: [alice] } }
users:
  alice: { callerId: "+16185558387" }
  lab: { callerId: "+16185558387", extension: "102", contact: "sip:${lab}:5060" }
calling: { callsPerSecond: 10 }
media: { trunkPorts: 10000-10999, browserPorts: 11000-11099, publicAddress: ${server} }
http: { bind: "127.0.0.1:0", localUser: alice }
storage: { path: ":memory:" }
`;

let running: Server;
let browser: Browser;
let outsider: FarEnd;
let colleague: FarEnd;
beforeAll(async () => {
  outsider = await farEnd(trunk, server, saying(outsideHz));
  colleague = await farEnd(lab, server, saying(labHz));
  running = await startServer({ config });
  browser = await openChromium({ microphone });
});
afterEach(() =>
  vi.waitFor(async () => expect((await statusOf(running)).calls).toBe(0), { timeout: 5000, interval: 100 }),
);
afterAll(async () => {
  await browser.close();
  await emptied(running);
  await outsider.close();
  await colleague.close();
  expect(await running.stop()).toBe(0);
});

const libraries: readonly Library[] = ["jssip", "sipjs"];

async function phone(library: Library): Promise<SoftphonePage> {
  const opened = await openSoftphone(browser, running.url, { library, user: "alice" });
  onTestFinished(() => opened.page.close());
  return opened;
}

/** The page calls the network, which answers. */
const calling = async (library: Library) => callingOn(await phone(library));

async function callingOn(page: SoftphonePage) {
  const arrives = outsider.nextCall();
  const answered = page.call(outside);
  const far = await arrives;
  far.answer();
  await answered;
  return { page, far };
}

const earOf =
  (far: ArrivedCall): Ear =>
  async () =>
    far.sound.heard;
const pageEar =
  ({ page }: SoftphonePage): Ear =>
  async () => {
    const recordings = await recordingsOf(page);
    return recordings.at(-1) ?? { rateHz: 8000, samples: new Float32Array() };
  };

/** Each hears the other's tone for a second. */
async function hearEachOther(page: SoftphonePage, far: ArrivedCall): Promise<void> {
  await hears(await fromNow(earOf(far)), [voice.hz], 1000);
  await hears(await fromNow(pageEar(page)), [outsideHz], 1000);
}

/** How often a short tone sounded. */
const tonesOf = async (ear: Ear, hz: number): Promise<number> =>
  intervalsOf(await ear(), { hz: [hz], aboveDbfs: -40 }).length;

const lastRecord = async (): Promise<Record<string, unknown>> =>
  (JSON.parse((await running.command("history", "--limit", "1", "--json")).stdout) as Record<string, unknown>[])[0] ??
  {};

test.each(libraries)("%s holds and resumes: the network hears the tones meanwhile", async (library) => {
  const { page, far } = await calling(library);
  await hearEachOther(page, far);
  const meanwhile = await fromNow(earOf(far));
  await page.hold();
  await hearsNoMore(earOf(far), [voice.hz], 2000);
  await vi.waitFor(async () => expect(await tonesOf(meanwhile, holdHz)).toBeGreaterThan(2), 10_000);
  await page.resume();
  await hearEachOther(page, far);
  await page.hangUp();
  await far.over;
});

test.each(libraries)("%s presses keys by INFO, and the network gets them as presses", async (library) => {
  const { page, far } = await calling(library);
  for (const key of ["5", "#"]) expect(await page.press(key)).toBe(200);
  expect((await far.sound.pressed(2)).map(({ key }) => key)).toEqual(["5", "#"]);
  await page.hangUp();
  await far.over;
});

test.each(libraries)(
  "%s transfers a call from the network to a colleague, and is told how it went",
  async (library) => {
    const page = await phone(library);
    const arrives = colleague.nextCall();
    const placed = outsider.nextCall();
    const answered = page.call(outside);
    const far = await placed;
    far.answer();
    await answered;
    await page.hold();
    const transferred = page.transfer("102");
    const taken = await arrives;
    taken.answer();
    expect(await transferred).toBe(200);
    await hears(await fromNow(earOf(far)), [labHz], 1000);
    await hears(await fromNow(earOf(taken)), [outsideHz], 1000);
    expect(await page.ended()).toBe("The call was transferred.");
    far.hangUp();
    await taken.over;
  },
);

test.each(libraries)(
  "%s is loaded anew in the middle of a call and takes it over: the network hears one stream",
  async (library) => {
    const { page, far } = await calling(library);
    await hearEachOther(page, far);
    const dialog = await page.dialog();
    await page.reload();
    await page.call(outside, dialog);
    await hearEachOther(page, far);
    expect(far.sound.ssrcs.size).toBe(1);
    await page.hangUp();
    await far.over;
    expect(await lastRecord()).toMatchObject({ ending: { code: "hung-up" }, changes: [{ kind: "takeover", by: "a" }] });
  },
);

test("a socket that is cut for half a minute interrupts nothing, and the call's end comes over the next one", async () => {
  const { page, far } = await calling("jssip");
  await hearEachOther(page, far);
  const [farSince, pageSince] = [await fromNow(earOf(far)), await fromNow(pageEar(page))];
  await page.cutSocket();
  await setTimeout(30_000);
  for (const [ear, hz] of [
    [farSince, voice.hz],
    [pageSince, outsideHz],
  ] as const) {
    const heard = await ear();
    const [whole] = intervalsOf(heard, { hz: [hz] });
    expect((whole!.toMs - whole!.fromMs) / durationMs(heard)).toBeGreaterThan(0.99);
  }
  await page.reconnect();
  await vi.waitFor(
    async () => expect(JSON.parse((await running.command("registrations", "--json")).stdout)).toHaveLength(1),
    10_000,
  );
  far.hangUp();
  expect(await page.ended()).toBe("The other side hung up.");
});

/** The page calls by a way whose sound can be cut. */
async function callingByWay() {
  const page = await phone("jssip");
  const way = await cuttableWay(page.page);
  onTestFinished(() => way.close());
  return { ...(await callingOn(page)), way };
}

test("sound that is cut for five seconds: the network hears that the other is away, and then its voice again", async () => {
  const { page, far, way } = await callingByWay();
  await hearEachOther(page, far);
  const since = await fromNow(earOf(far));
  way.cut(true);
  await setTimeout(5000);
  way.cut(false);
  await hearEachOther(page, far);
  expect(await tonesOf(since, comfortHz)).toBeGreaterThan(0);
  expect(far.sound.ssrcs.size).toBe(1);
  await page.hangUp();
  await far.over;
});

test("a browser that comes back by another path, after an ICE restart, has its call again", async () => {
  const { page, far, way } = await callingByWay();
  await hearEachOther(page, far);
  const since = await fromNow(earOf(far));
  way.cut(true);
  await vi.waitFor(async () => expect(await tonesOf(since, comfortHz)).toBeGreaterThan(1), 10_000);
  await page.restartIce();
  await hearEachOther(page, far);
  expect(far.sound.ssrcs.size).toBe(1);
  await page.hangUp();
  await far.over;
});

test("sound that is cut for good: after twenty seconds of comfort tones the call ends, and the record says why", async () => {
  const { page, far, way } = await callingByWay();
  await hearEachOther(page, far);
  const since = await fromNow(earOf(far));
  way.cut(true);
  await far.over;
  const heard = await since();
  expect(await tonesOf(async () => between(heard, 4000, durationMs(heard)), comfortHz)).toBeGreaterThan(7);
  expect(await page.ended()).toBe("The connection to the other side was lost.");
  expect(await lastRecord()).toMatchObject({ ending: { code: "peer-lost" } });
});
