import { connect, type Socket } from "node:net";
import { connect as connectSecurely, type TLSSocket } from "node:tls";
import { systemClock, systemDatagrams, systemRandom } from "@trunkline/sip-stack";
import { testCertificate } from "@trunkline/sip-stack/testing";
import { afterEach, describe, expect, test, vi } from "vitest";
import { readConfig } from "../config/read.ts";
import { type Line, makeLine } from "./line.ts";

const network = process.env.TRUNKLINE_TEST_NETWORK;
const [here, trunk, phones, stranger] = [1, 2, 3, 4].map((host) => `${network}.${host}`) as [
  string,
  string,
  string,
  string,
];
const pem = testCertificate("sip.example", here);
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

const text = `version: 1
sip: { udp: "${here}:0" }
trunk: { host: ${trunk}, allow: [${trunk}/32] }
numbers: { "+12025550100": { ring: [hall] } }
users:
  hall: { name: Hall, callerId: "+12025550100", device: { username: hall, password: one } }
devices: { allow: [${phones}/32] }
`;

async function openLine(): Promise<Line> {
  const read = readConfig(text, "line.yaml");
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  const { sip, ...rest } = read.config;
  const own = { ...sip, tcp: { address: here, port: 0 }, tls: { bind: { address: here, port: 0 }, ...pem } };
  const line = makeLine(own, {
    config: () => ({ ...rest, sip: own }),
    lingers: () => false,
    network: systemDatagrams,
    clock: systemClock,
    random: systemRandom,
    observer: { onWire: () => {} },
    user: { onCall: (call) => call.reject(404), onRequest: (request) => request.respond(200) },
    verifier: { verify: async () => ({ ok: false, status: 401, why: "no credentials", headers: [] }) },
  });
  await line.agent.listen();
  opened.push(line.agent);
  return line;
}

/** What a client heard until now, and whether it was closed. */
type Client = { readonly socket: Socket; text: string; isClosed: boolean };

function client(line: Line, kind: "tcp" | "tls", from: string): Client {
  const port = line.shownAddresses()[kind === "tcp" ? 1 : 2]!.port;
  const to = { host: here, port, localAddress: from };
  const socket = kind === "tcp" ? connect(to) : connectSecurely({ ...to, rejectUnauthorized: false });
  const made: Client = { socket, text: "", isClosed: false };
  opened.push({ close: () => made.socket.destroy() });
  made.socket.on("error", () => {});
  made.socket.on("data", (chunk) => (made.text += chunk.toString("latin1")));
  made.socket.on("close", () => (made.isClosed = true));
  return made;
}

const options = (from: string): string =>
  [
    `OPTIONS sip:${here} SIP/2.0`,
    `Via: SIP/2.0/TCP ${from}:5060;branch=z9hG4bK1`,
    "Max-Forwards: 70",
    `From: <sip:a@${from}>;tag=1`,
    `To: <sip:${here}>`,
    "Call-ID: 1",
    "CSeq: 1 OPTIONS",
    "Content-Length: 0\r\n\r\n",
  ].join("\r\n");

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 5 });

describe("who may connect", () => {
  test.each(["tcp", "tls"] as const)("a stranger over %s gets not a byte, no certificate and no pong", async (kind) => {
    const line = await openLine();
    const one = client(line, kind, stranger);
    one.socket.write(`\r\n\r\n${options(stranger)}`);
    await until(() => expect(one.isClosed).toBe(true));
    expect([one.socket.bytesRead, line.agent.counters().totals.refused]).toEqual([0, { [`${kind}-stranger`]: 1 }]);
  });

  test("the trunk is shown a renewed certificate without a restart", async () => {
    const line = await openLine();
    const renewed = testCertificate("renewed.example", here);
    line.renewCertificate(renewed);
    const { socket } = client(line, "tls", trunk);
    await until(() => expect((socket as TLSSocket).getPeerCertificate().subjectaltname).toContain("renewed.example"));
  });

  test("idle connections of addresses that may register leave the trunk its room", async () => {
    const line = await openLine();
    const idle = Array.from({ length: 136 }, () => client(line, "tcp", phones));
    await until(() => expect(idle.filter(({ isClosed }) => isClosed)).toHaveLength(8));
    const one = client(line, "tcp", trunk);
    one.socket.write(`\r\n\r\n${options(trunk)}`);
    await until(() => expect(one.text).toMatch(/^\r\nSIP\/2.0 200 /));
    expect(line.agent.counters().totals.refused).toEqual({ "tcp-flows-of-address": 8 });
  });
});
