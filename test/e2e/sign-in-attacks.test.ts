import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { makeSound } from "../harness/audio/sound.ts";
import { testNetwork } from "../harness/network.ts";
import { type Server, startServer } from "../harness/server/server.ts";
import { cookieFor, linkFor } from "../harness/server/sign-in.ts";
import { callsOver, lastRecord, statusOf } from "./peers/counters.ts";
import { type FarEnd, farEnd } from "./peers/far-end.ts";
import { type WebAgent, webAgent } from "./peers/web-agent.ts";

const network = testNetwork();
const [serverAddress, trunkAddress] = [`${network}.1`, `${network}.2`];
const outside = "+12025550123";
const [alicesNumber, bobsNumber] = ["+16185558387", "+16185558388"];

const config = `version: 1
sip: { udp: "${serverAddress}:5060" }
trunk: { host: ${trunkAddress}, allow: ["${trunkAddress}"] }
numbers: { "${alicesNumber}": { ring: [alice, carol] }, "${bobsNumber}": { ring: [bob] } }
users:
  alice: { callerId: "${alicesNumber}", extension: "101" }
  bob: { callerId: "${bobsNumber}", extension: "102" }
  carol: { callerId: "${alicesNumber}" }
calling: { callsPerSecond: 10 }
media: { trunkPorts: 10000-10999, browserPorts: 11000-11099, publicAddress: ${serverAddress} }
http: { bind: "127.0.0.1:0" }
`;

let server: Server;
let trunk: FarEnd;
beforeAll(async () => {
  trunk = await farEnd(trunkAddress, serverAddress, makeSound([{ seconds: 1, hz: [620], levelDbfs: -14 }], 8000));
  server = await startServer({ config });
});
afterEach(() => callsOver(server));
afterAll(async () => {
  expect(await server.stop()).toBe(0);
  await trunk.close();
});

async function agentOf(user: string): Promise<WebAgent> {
  const agent = await webAgent(server, user, serverAddress);
  onTestFinished(() => agent.close());
  return agent;
}

type Headers = Record<string, string>;

/** Opens a socket. @returns it, or the status with which that was refused */
async function dial(headers: Headers): Promise<WebSocket | number> {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, "sip", {
    headers: { origin: server.url, ...headers },
  });
  onTestFinished(() => socket.terminate());
  return Promise.race([
    once(socket, "open").then(() => socket),
    once(socket, "unexpected-response").then(([sent, response]) => {
      sent.destroy();
      return response.statusCode as number;
    }),
  ]);
}

const post = async (path: string, body: object, headers: Headers = {}): Promise<number> => {
  const all = { origin: server.url, "content-type": "application/json", ...headers };
  const sent = request(server.url + path, { method: "POST", headers: all, agent: false }).end(JSON.stringify(body));
  const [response] = await once(sent, "response");
  await json(response).catch(() => {});
  return response.statusCode;
};

const refusedNow = async (): Promise<Readonly<Record<string, number>>> => (await statusOf(server)).counters.refused;

test("a socket opens for nobody without a session, nor with one from a page of another site or by another name", async () => {
  const cookie = await cookieFor(server, "alice");
  const foreign: Headers[] = [
    {},
    { cookie: `${cookie.slice(0, -4)}AAAA` },
    { cookie, origin: "https://attacker.example" },
    { cookie, origin: "null" },
    { cookie, host: "attacker.example" },
  ];
  const answers = await Promise.all(foreign.map(dial));
  expect(answers).toEqual([401, 401, 403, 403, 403]);
  expect(await dial({ cookie })).toBeInstanceOf(WebSocket);
});

test("SIP that is sent over a connection before anybody has signed in is not heard", async () => {
  const before = (await statusOf(server)).counters.sip.received;
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, "sip", { headers: { origin: server.url } });
  const [sent] = await once(socket, "unexpected-response");
  const written = sent.socket.write("REGISTER sip:trunkline.invalid SIP/2.0\r\n\r\n");
  expect(written).toBeTypeOf("boolean");
  sent.destroy();
  expect((await statusOf(server)).counters.sip.received).toBe(before);
});

test("a link is used once, whoever comes with it; the session that is revoked opens nothing any more", async () => {
  const token = new URL(await linkFor(server, "alice")).hash.slice("#join=".length);
  expect(await post("/api/join", { token })).toBe(200);
  expect(await post("/api/join", { token })).toBe(410);
  const cookie = await cookieFor(server, "bob");
  const socket = (await dial({ cookie })) as WebSocket;
  const closed = once(socket, "close");
  expect((await server.command("sessions", "revoke", "--user", "bob")).status).toBe(0);
  expect((await closed)[0]).toBe(4401);
  expect(await dial({ cookie })).toBe(401);
  expect((await fetch(`${server.url}/api/session`, { headers: { cookie } })).status).toBe(401);
});

test("a browser registers and calls in its own user's name alone", async () => {
  const alice = await agentOf("alice");
  const [own, bobs] = ["<sip:alice@trunkline.invalid>", "<sip:bob@trunkline.invalid>"];
  const foreign = [
    { from: bobs, to: bobs },
    { from: own, to: bobs },
    { from: bobs, to: own },
    { contact: "sip:bob@agent.invalid;transport=ws" },
    { contact: "sip:%62ob@agent.invalid;transport=ws" },
    { contact: "sip:102@agent.invalid;transport=ws" },
    { contact: `sip:${bobsNumber}@agent.invalid;transport=ws` },
  ];
  for (const changes of foreign) expect([changes, await alice.ask("REGISTER", changes)]).toEqual([changes, 403]);
  expect(await alice.ask("OPTIONS", { from: bobs })).toBe(403);
  expect(await alice.ask("REGISTER")).toBe(200);
  const { stdout } = await server.command("registrations", "--json");
  expect((JSON.parse(stdout) as { user: string }[]).map(({ user }) => user)).toEqual(["alice"]);
});

test("what a browser writes of whom it speaks for, and of where its call is to go, reaches nobody", async () => {
  const alice = await agentOf("alice");
  const lies = [
    ["P-Asserted-Identity", "<sip:+12025550199@attacker.example>"],
    ["P-Preferred-Identity", "<sip:+12025550199@attacker.example>"],
    ["Remote-Party-ID", "<sip:+12025550199@attacker.example>;party=calling"],
    ["Diversion", "<sip:+12025550199@attacker.example>;reason=unconditional"],
    ["History-Info", "<sip:+12025550199@attacker.example>;index=1"],
    ["Route", `<sip:${network}.9;lr>`],
    ["X-Anything", "attacker.example"],
  ] as const;
  const { over, call } = await alice.call(outside, lies);
  const arrived = await trunk.nextCall();
  const fields = [...arrived.invite.headers];
  expect(fields.filter(([name]) => lies.some(([lie]) => lie.toLowerCase() === name.toLowerCase()))).toEqual([]);
  expect(JSON.stringify(fields)).not.toMatch(/attacker|2025550199/);
  expect(arrived.invite.headers.get("From")).toContain(alicesNumber);
  call.hangUp();
  await over;
});

test("of a thousand sockets of one user sixteen open; another user's opens all the same", async () => {
  const [mine, others] = [await cookieFor(server, "alice"), await cookieFor(server, "bob")];
  const answers: Awaited<ReturnType<typeof dial>>[] = [];
  // As many at once as one address may have open.
  for (let round = 0; round < 5; round++)
    answers.push(...(await Promise.all(Array.from({ length: 200 }, () => dial({ cookie: mine })))));
  expect(answers.filter((answer) => answer instanceof WebSocket)).toHaveLength(16);
  expect(answers.filter((answer) => answer === 429)).toHaveLength(984);
  expect((await refusedNow()).HTTP_TOO_MANY_DEVICES).toBe(984);
  expect(await dial({ cookie: others })).toBeInstanceOf(WebSocket);
});

test("a thousand messages at once end their socket, a frame that is too long does too; another user talks on", async () => {
  const bob = await agentOf("bob");
  const { answered, over, call } = await bob.call(outside);
  (await trunk.nextCall()).answer();
  await answered;
  const cookie = await cookieFor(server, "carol");
  const [flooding, bulky] = (await Promise.all([dial({ cookie }), dial({ cookie })])) as WebSocket[];
  const ends = [once(flooding!, "close"), once(bulky!, "close")];
  for (let count = 0; count < 1000; count++) flooding!.send("OPTIONS sip:x SIP/2.0\r\n\r\n");
  bulky!.send("x".repeat(64 * 1024 + 1));
  expect((await Promise.all(ends)).map(([code]) => code)).toEqual([1008, 1009]);
  expect((await refusedNow())["too many messages"]).toBe(1);
  expect(await bob.ask("OPTIONS")).toBe(200);
  call.hangUp();
  await over;
});

test("a user who is taken out of the configuration is signed out at the reload; the call that is up goes on, and only it", async () => {
  const carol = await agentOf("carol");
  const { answered, over } = await carol.call(outside);
  const far = await trunk.nextCall();
  far.answer();
  await answered;
  const file = join(server.folder, "trunkline.yaml");
  const whole = readFileSync(file, "utf8");
  writeFileSync(file, whole.replace(/ {2}carol:.*\n/, "").replace(", carol]", "]"));
  expect((await server.command("reload")).status).toBe(0);
  onTestFinished(async () => {
    writeFileSync(file, whole);
    await server.command("reload");
  });
  expect((await server.command("sessions")).stdout).not.toContain("carol");
  expect(await carol.ask("REGISTER")).toBe(403);
  const second = await carol.call(outside);
  expect(await second.over).toMatchObject({ cause: "rejected", response: { status: 403 } });
  expect((await statusOf(server)).calls).toBe(1);
  far.hangUp();
  expect(await over).toMatchObject({ by: "remote", cause: "bye" });
  expect(await carol.closed).toBe(4401);
});

test("whoever is revoked in the middle of a call hears why, and so does the record; other phones stay", async () => {
  const [talking, ringing] = [await agentOf("alice"), await agentOf("carol")];
  const { answered, over } = await talking.call(outside);
  const far = await trunk.nextCall();
  far.answer();
  await answered;
  const { stdout } = await server.command("sessions", "--json");
  const { sessions } = JSON.parse(stdout) as {
    readonly sessions: readonly { readonly id: string; readonly user: string }[];
  };
  const last = sessions.findLast(({ user }) => user === "alice")?.id ?? "";
  expect((await server.command("sessions", "revoke", last)).stdout).toBe("Ended: 1 session. Removed: 0 passkeys.");
  expect(await over).toMatchObject({ by: "remote", cause: "bye" });
  expect(await talking.closed).toBe(4401);
  expect(await far.over).toMatchObject({ by: "remote", cause: "bye" });
  expect(await lastRecord(server)).toMatchObject({
    ending: { code: "signed-out", words: "The phone was signed out." },
  });
  expect(await ringing.ask("OPTIONS")).toBe(200);
});
