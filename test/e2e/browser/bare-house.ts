import { afterAll, afterEach, beforeAll, expect, onTestFinished } from "vitest";
import { intervalsOf } from "../../harness/audio/intervals.ts";
import { makeSound } from "../../harness/audio/sound.ts";
import { type Browser, openChromium } from "../../harness/browser/chromium.ts";
import { recordingsOf } from "../../harness/browser/page.ts";
import { type Library, openSoftphone, type SoftphonePage } from "../../harness/browser/softphone-page.ts";
import { testNetwork } from "../../harness/network.ts";
import { type Server, startServer } from "../../harness/server/server.ts";
import { callsOver, released } from "../peers/counters.ts";
import { type ArrivedCall, type FarEnd, farEnd } from "../peers/far-end.ts";
import { type Ear, fromNow, hears, microphone, voice } from "./hears.ts";
import { signInOnce } from "./shared.ts";

const network = testNetwork();
const [server, trunk, lab] = [`${network}.1`, `${network}.2`, `${network}.3`];
export const outside = "+12025550123";
export const [outsideHz, labHz, holdHz, comfortHz] = [620, 1040, 400, 425];
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
http: { bind: "127.0.0.1:0" }
storage: { path: ":memory:" }
`;

/** A server with the telephone network, a colleague's telephone and a Chromium, for the tests of the file that calls this. */
export function bareHouse(): {
  readonly running: Server;
  readonly colleague: FarEnd;
  phone(library: Library): Promise<SoftphonePage>;
  /** The page calls the network, which answers. */
  callingOn(page: SoftphonePage): Promise<{ readonly page: SoftphonePage; readonly far: ArrivedCall }>;
  calling(library: Library): Promise<{ readonly page: SoftphonePage; readonly far: ArrivedCall }>;
} {
  let running: Server;
  let browser: Browser;
  let outsider: FarEnd;
  let colleague: FarEnd;
  beforeAll(async () => {
    outsider = await farEnd(trunk, server, saying(outsideHz));
    colleague = await farEnd(lab, server, saying(labHz));
    running = await startServer({ config });
    browser = await openChromium({ microphone });
    await signInOnce(browser, running, "alice");
  });
  afterEach(() => callsOver(running));
  afterAll(async () => {
    await browser.close();
    await released(running);
    await outsider.close();
    await colleague.close();
    expect(await running.stop()).toBe(0);
  });
  const phone = async (library: Library): Promise<SoftphonePage> => {
    const opened = await openSoftphone(browser, running.url, { library, user: "alice" });
    onTestFinished(() => opened.page.close());
    return opened;
  };
  const callingOn = async (page: SoftphonePage) => {
    const arrives = outsider.nextCall();
    const answered = page.call(outside);
    const far = await arrives;
    far.answer();
    await answered;
    return { page, far };
  };
  return {
    get running() {
      return running;
    },
    get colleague() {
      return colleague;
    },
    phone,
    callingOn,
    calling: async (library) => callingOn(await phone(library)),
  };
}

export const earOf =
  (far: ArrivedCall): Ear =>
  async () =>
    far.sound.heard;
export const pageEar =
  ({ page }: SoftphonePage): Ear =>
  async () => {
    const recordings = await recordingsOf(page);
    return recordings.at(-1) ?? { rateHz: 8000, samples: new Float32Array() };
  };

/** Each hears the other's tone for a second. */
export async function hearEachOther(page: SoftphonePage, far: ArrivedCall): Promise<void> {
  await hears(await fromNow(earOf(far)), [voice.hz], 1000);
  await hears(await fromNow(pageEar(page)), [outsideHz], 1000);
}

/** How often a short tone sounded. */
export const tonesOf = async (ear: Ear, hz: number): Promise<number> =>
  intervalsOf(await ear(), { hz: [hz], aboveDbfs: -40 }).length;
