import { execFileSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { testNetwork } from "../harness/network.ts";
import { startServer } from "../harness/server/server.ts";
import { released } from "./peers/counters.ts";
import type { PlacedCall } from "./peers/far-end.ts";
import { endingsOf, type House, inCall, openHouse, outside, ownNumber } from "./peers/house.ts";

const network = testNetwork();

function folderFor(what: string): string {
  const folder = mkdtempSync(join(tmpdir(), `trunkline-${what}-`));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Sound still comes. */
async function expectSound({ sound }: PlacedCall): Promise<void> {
  const before = sound.packets.length;
  await expect.poll(() => sound.packets.length).toBeGreaterThan(before + 20);
}

/** Somebody calls a number that is not there: an attempt, so a record. */
async function attempt({ far }: House): Promise<void> {
  const { over } = await far.call(outside, "+12125550199");
  expect(await over).toMatchObject({ response: { status: 404 } });
}

const timesSaid = ({ running }: House, msg: string): number =>
  running.log.lines.filter((line) => line.msg === msg).length;

/** The kernel lets the server's files grow no further; a number, or `unlimited`. */
const limitFiles = ({ running }: House, bytes: string): void => {
  execFileSync("/usr/bin/prlimit", ["--pid", String(running.pid), `--fsize=${bytes}:unlimited`]);
};

test("a disk that takes no more is told once; calls go on, and what waited is written when it takes some again", async () => {
  const on = await openHouse(0, { storage: join(folderFor("full"), "trunkline.db") });
  const { outer } = await inCall(on);
  limitFiles(on, "1000");
  for (let count = 0; count < 5; count += 1) await attempt(on);
  await on.running.log.waitFor(({ msg }) => msg === "storage-failed");
  await setTimeout(2500);
  expect(timesSaid(on, "storage-failed")).toBe(1);
  await expectSound(outer);
  limitFiles(on, "unlimited");
  await on.running.log.waitFor(({ msg }) => msg === "storage-recovered");
  outer.hangUp();
  await released(on.running);
  expect(await endingsOf(on.running)).toEqual([...Array(5).fill("no-such-number"), "hung-up"]);
});

test("a database that is overwritten is told once; calls go on, and the next start says what is wrong and ends with 1", async () => {
  const storage = join(folderFor("corrupt"), "trunkline.db");
  const on = await openHouse(1, { storage });
  const { outer } = await inCall(on);
  for (const end of ["", "-wal", "-shm"]) writeFileSync(`${storage}${end}`, "no database ".repeat(10_000));
  await attempt(on);
  await on.running.log.waitFor(({ msg }) => msg === "storage-failed");
  await attempt(on);
  await expectSound(outer);
  outer.hangUp();
  await released(on.running);
  expect(timesSaid(on, "storage-failed")).toBe(1);
  expect(await on.running.stop()).toBe(0);
  await expect(startServer({ config: on.configWith([ownNumber]) })).rejects.toThrow(
    `${storage} cannot be used: file is not a database`,
  );
});

test("without a free port for sound a call is refused in words, the one that is up goes on, and later there is room again", async () => {
  const on = await openHouse(2, { trunkPorts: "10000-10003" });
  const { outer } = await inCall(on);
  const { over } = await on.far.call(outside, ownNumber);
  const end = await over;
  expect(end).toMatchObject({ response: { status: 503 } });
  expect(end.cause === "rejected" && end.response.headers.get("Warning")).toContain("no room for another call");
  await expectSound(outer);
  outer.hangUp();
  await released(on.running);
  const isTaken = async (): Promise<boolean> => {
    const arrives = on.phone.nextCall();
    const call = await on.far.call(outside, ownNumber);
    const arrived = await Promise.race([arrives, call.over]);
    call.hangUp();
    return "answer" in arrived;
  };
  await expect.poll(isTaken, { timeout: 15_000, interval: 500 }).toBe(true);
});

test("a port of SIP that is taken ends the start with 1 and with what to do", async () => {
  const address = `${network}.200`;
  const socket = createSocket("udp4").bind(5060, address);
  await once(socket, "listening");
  onTestFinished(() => void socket.close());
  const config = `version: 1
sip: { udp: "${address}:5060" }
trunk: { host: ${network}.201, allow: ["${network}.201"] }
numbers: { "${ownNumber}": { ring: [lab] } }
users: { lab: { callerId: "${ownNumber}", contact: "sip:${network}.202:5060" } }
http: { bind: "127.0.0.1:0" }
storage: { path: ":memory:" }
`;
  await expect(startServer({ config })).rejects.toThrow(
    `SIP cannot be bound to ${address}:5060: bind EADDRINUSE ${address}:5060. Is Trunkline running already?`,
  );
});

test("DNS that answers nothing: the server starts, says so, takes calls, and refuses those over the trunk in words", async () => {
  const dns = createSocket("udp4").bind(0, `${network}.210`);
  await once(dns, "listening");
  onTestFinished(() => void dns.close());
  const servers = `nowhere.invalid, port: 5060, nameServers: ["${network}.210:${dns.address().port}"]`;
  const on = await openHouse(3, { host: servers });
  await on.running.log.waitFor(({ msg }) => msg === "trunk-down");
  const call = await on.phone.call("lab", outside);
  const end = await call.over;
  expect(end).toMatchObject({ response: { status: 503 } });
  expect(end.cause === "rejected" && end.response.headers.get("Warning")).toContain("cannot be reached");
  const { outer } = await inCall(on);
  await expectSound(outer);
  expect(timesSaid(on, "trunk-down")).toBe(1);
  expect((await (await fetch(`${on.monitoring}/readyz`)).text()).trim()).toContain("does not answer OPTIONS");
});
