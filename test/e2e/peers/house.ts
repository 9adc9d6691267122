import { setTimeout } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { makeSound } from "../../harness/audio/sound.ts";
import { testNetwork } from "../../harness/network.ts";
import { type Server, startServer } from "../../harness/server/server.ts";
import { type FarEnd, farEnd } from "./far-end.ts";

const network = testNetwork();
export const [ownNumber, otherNumber, outside] = ["+16185558387", "+16185558388", "+12025550123"] as const;
const says = makeSound([{ seconds: 2, hz: [800], levelDbfs: -14 }], 8000);

/** What differs between houses. */
export type HouseOptions = {
  /** The database's path; default: none outlives the server. */
  readonly storage?: string;
  readonly trunkPorts?: string;
  /** Lines for the trunk's section, `host` among them; default: the far end's address. */
  readonly host?: string;
};

/** A server with the telephone network on one side and one telephone on the other, all of the calling test's own. */
export type House = {
  readonly far: FarEnd;
  readonly phone: FarEnd;
  readonly running: Server;
  /** Where monitoring asks. */
  readonly monitoring: string;
  /** The configuration, with other numbers. */
  configWith(numbers: readonly string[]): string;
};

/** @param at tells the houses of a test file apart: 0 to 20 */
export async function openHouse(at: number, options: HouseOptions = {}): Promise<House> {
  const [server, trunk, lab] = [10, 11, 12].map((host) => `${network}.${host + at * 10}`) as [string, string, string];
  const { storage = ":memory:", trunkPorts = "10000-10099", host = trunk } = options;
  const configWith = (numbers: readonly string[]): string => `version: 1
sip: { udp: "${server}:5060" }
trunk: { host: ${host}, allow: ["${trunk}"] }
numbers: { ${numbers.map((number) => `"${number}": { ring: [lab] }`).join(", ")} }
users: { lab: { name: Lab, callerId: "${numbers[0]}", contact: "sip:${lab}:5060" } }
media: { trunkPorts: ${trunkPorts}, browserPorts: 10100-10199 }
calling: { callsPerSecond: 100 }
http: { bind: "127.0.0.1:0" }
admin: { bind: "127.0.0.1:0" }
storage: { path: "${storage}" }
`;
  const far = await farEnd(trunk, server, says);
  const phone = await farEnd(lab, server, says);
  const running = await startServer({ config: configWith([ownNumber]) });
  onTestFinished(async () => {
    await Promise.all([far.close(), phone.close()]);
    await running.stop();
  });
  return { far, phone, running, configWith, monitoring: String(running.ready.monitoring) };
}

/** The network's side and the telephone's side of a call that is up, with sound both ways. */
export async function inCall({ far, phone }: House) {
  const arrives = phone.nextCall();
  const outer = await far.call(outside, ownNumber);
  const inner = await arrives;
  inner.answer();
  await outer.answered;
  await setTimeout(300);
  return { outer, inner };
}

/** The codes of how calls have ended, the latest first. */
export async function endingsOf(running: Server): Promise<readonly string[]> {
  const { stdout } = await running.command("history", "--json");
  return (JSON.parse(stdout) as { ending: { code: string } }[]).map(({ ending }) => ending.code);
}
