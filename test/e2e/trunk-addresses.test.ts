import { dnsServer } from "@trunkline/sip-stack/testing";
import { expect, onTestFinished, test } from "vitest";
import { makeSound } from "../harness/audio/sound.ts";
import { testNetwork } from "../harness/network.ts";
import { startServer } from "../harness/server/server.ts";
import { startSipp } from "../harness/sipp/sipp.ts";
import { farEnd } from "./peers/far-end.ts";
import { headerLine, rawTrunk } from "./peers/raw-trunk.ts";

const network = testNetwork();
const server = { address: `${network}.1`, port: 5060 };
const lab = { address: `${network}.2`, port: 5080 };
const [dead, failing, living] = [`${network}.10`, `${network}.11`, `${network}.12`] as const;
const connector = "abcdefghijklm.voiceconnector.example";
const calls = 20;

const configOf = (nameServer: string): string => `version: 1
sip: { udp: "${server.address}:5060" }
trunk: { host: ${connector}, allow: ["${dead}", "${failing}", "${living}"], nameServers: ["${nameServer}"] }
numbers: { "+16185558387": { ring: [lab] } }
users: { lab: { name: Lab, callerId: "+16185558387", contact: "sip:${lab.address}:${lab.port}" } }
calling: { maxCalls: 100, maxCallsPerUser: 100, callsPerSecond: 100 }
media: { trunkPorts: 10000-11999, browserPorts: 12000-12099 }
http: { bind: "127.0.0.1:0" }
`;

test("bound to a private address, what goes to the trunk shows the public one alone, in one datagram", async () => {
  const [bound, shown, trunk, phoneAt] = [`${network}.30`, `${network}.31`, `${network}.32`, `${network}.33`];
  const raw = await rawTrunk(trunk, bound);
  const phone = await farEnd(phoneAt, bound, makeSound([{ seconds: 1, hz: [800], levelDbfs: -14 }], 8000));
  const running = await startServer({
    config: `version: 1
sip: { udp: "${bound}:5060", publicAddress: ${shown} }
trunk: { host: ${trunk}, allow: ["${trunk}"] }
numbers: { "+16185558387": { ring: [lab] } }
users: { lab: { name: Lab, callerId: "+16185558387", contact: "sip:${phoneAt}:5060" } }
http: { bind: "127.0.0.1:0" }
`,
  });
  onTestFinished(async () => {
    await running.stop();
    await phone.close();
    raw.close();
  });
  const call = await phone.call("lab", "+12025550123");
  const { text } = await raw.next((message) => message.kind === "request" && message.method === "INVITE");
  expect(text).toMatch(new RegExp(`^INVITE sip:\\+12025550123@${trunk} SIP/2\\.0\r\n`));
  expect(headerLine(text, "Via")).toContain(`SIP/2.0/UDP ${shown}:5060;`);
  expect(headerLine(text, "From")).toContain(`<sip:+16185558387@${shown}>`);
  expect(headerLine(text, "Contact")).toBe(`<sip:+16185558387@${shown}:5060>`);
  expect(text).toContain(`c=IN IP4 ${shown}\r\n`);
  expect(text).not.toContain(bound);
  expect(text).toMatch(/m=audio \d+ RTP\/AVP 0 101\r\n/);
  expect(Buffer.byteLength(text)).toBeLessThan(1300);
  call.hangUp();
});

type CallRecord = {
  readonly ending: { readonly code: string };
  readonly legs: readonly { readonly address: string }[];
};
type TargetView = { readonly address: string; readonly healthy: boolean; readonly seenAs?: string };

test("of a Voice Connector's three addresses one dies and one answers 503: every call is taken by the third", async () => {
  const zones = { [connector]: { a: [dead, failing, living], ttl: 60 } };
  const dns = await dnsServer(server.address, zones);
  onTestFinished(() => dns.close());
  const edges = [
    startSipp({ scenario: "failing-edge-uas", local: { address: failing, port: 5060 }, calls: 10_000 }),
    startSipp({ scenario: "edge-uas", local: { address: living, port: 5060 }, calls: 10_000, mediaPort: 6000 }),
  ];
  onTestFinished(async () => {
    for (const edge of edges) edge.stop();
    await Promise.all(edges.map(({ ended }) => ended));
  });
  await Promise.all(edges.map(({ listening }) => listening));
  const dying = await rawTrunk(dead, server.address);
  const running = await startServer({ config: configOf(dns.address) });
  const targets = async (): Promise<readonly TargetView[]> =>
    JSON.parse((await running.command("trunk", "--json")).stdout).targets;
  await expect
    .poll(async () => (await targets()).map(({ healthy }) => healthy), { timeout: 20_000 })
    .toEqual([true, true, true]);
  expect((await targets())[2]?.seenAs).toBe(server.address);
  dying.close();
  const caller = await startSipp({
    scenario: "trunk-uac",
    local: lab,
    remote: server,
    calls,
    callsPerSecond: 10,
    caller: "lab",
    service: "+12025550123",
    mediaPort: 7000,
    arguments: ["-recv_timeout", "20000"],
  }).ended;
  expect(caller).toMatchObject({ status: 0, successful: calls, failed: 0 });
  const records = async (): Promise<readonly CallRecord[]> =>
    JSON.parse((await running.command("history", "--json")).stdout);
  await expect.poll(async () => (await records()).length, { timeout: 5000 }).toBe(calls);
  for (const { ending, legs } of await records()) {
    expect(ending.code).toBe("hung-up");
    expect(legs.at(-1)?.address).toBe(`udp ${living}:5060`);
  }
  const tried = new Set((await records()).flatMap(({ legs }) => legs.slice(1).map(({ address }) => address)));
  expect(tried).toEqual(new Set([dead, failing, living].map((address) => `udp ${address}:5060`)));
  await running.stop();
});
