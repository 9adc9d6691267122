import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kill } from "node:process";
import { setTimeout } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startServer } from "../harness/server/server.ts";
import { released } from "./peers/counters.ts";
import { endingsOf, inCall, openHouse, otherNumber, outside, ownNumber } from "./peers/house.ts";

const ready = async (monitoring: string): Promise<string> => (await fetch(`${monitoring}/readyz`)).text();
test("SIGTERM: a call that is up goes on, a new one is refused with 503, and the server ends with the call", async () => {
  const on = await openHouse(0);
  const { outer, inner } = await inCall(on);
  await expect.poll(() => ready(on.monitoring)).toBe("ready\n");
  kill(on.running.pid, "SIGTERM");
  await expect.poll(() => ready(on.monitoring)).toBe("draining: no new calls are accepted\n");
  const refused = await on.far.call(outside, ownNumber);
  expect(await refused.over).toMatchObject({ cause: "rejected", response: { status: 503 } });
  const before = outer.sound.packets.length;
  await setTimeout(500);
  expect(outer.sound.packets.length).toBeGreaterThan(before + 20);
  outer.hangUp();
  expect(await inner.over).toMatchObject({ cause: "bye" });
  expect(await on.running.exit).toBe(0);
});

test("a second SIGTERM waits for no call: both sides get a BYE that says why", async () => {
  const on = await openHouse(1);
  const { outer, inner } = await inCall(on);
  kill(on.running.pid, "SIGTERM");
  await on.running.log.waitFor(({ msg }) => msg === "stopping");
  await setTimeout(600);
  kill(on.running.pid, "SIGTERM");
  for (const { over } of [outer, inner]) {
    const end = await over;
    if (end.cause !== "bye") throw new Error(`ended by ${end.cause}`);
    expect(end.request.headers.get("Reason")).toContain("The phone system is restarting.");
  }
  expect(await on.running.exit).toBe(0);
});

test("SIGHUP and reload take a new number; a faulty file is refused whole, with its line, and nothing changes", async () => {
  const on = await openHouse(2);
  const { outer, inner } = await inCall(on);
  const file = join(on.running.folder, "trunkline.yaml");
  writeFileSync(file, on.configWith([ownNumber, otherNumber]));
  kill(on.running.pid, "SIGHUP");
  await on.running.log.waitFor(({ msg }) => msg === "reloaded");
  const arrives = on.phone.nextCall();
  const other = await on.far.call(outside, otherNumber);
  await arrives;
  other.hangUp();
  writeFileSync(file, on.configWith([ownNumber]).replace("ring: [lab]", "ring: [nobody]"));
  const { status, stderr } = await on.running.command("reload");
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: `${file}:4: numbers.${ownNumber}.ring.0: there is no user "nobody"`,
  });
  kill(on.running.pid, "SIGHUP");
  expect(await on.running.log.waitFor(({ msg }) => msg === "reload-failed")).toMatchObject({
    why: expect.stringContaining('there is no user "nobody"'),
  });
  inner.hangUp();
  expect(await outer.over).toMatchObject({ cause: "bye" });
  await released(on.running);
  expect(await endingsOf(on.running)).toEqual(["cancelled", "hung-up"]);
});

test("drain says what it waits for, and the server ends when its time is over", async () => {
  const on = await openHouse(3);
  const { outer } = await inCall(on);
  const { stdout } = await on.running.command("drain", "--seconds", "1");
  expect(stdout).toContain("the active calls (1) have ended, within 1 s");
  expect(await outer.over).toMatchObject({ cause: "bye" });
  expect(await on.running.exit).toBe(0);
});

test("drain without a call to wait for says so, and the server ends at once", async () => {
  const running = await startServer();
  const { status, stdout } = await running.command("drain", "--seconds", "0");
  expect([status, stdout]).toEqual([0, "There are no active calls. The server stops now."]);
  expect(await running.exit).toBe(0);
});

test("after SIGKILL and a new start the call that was up is closed in the history, with the reason", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-killed-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const on = await openHouse(4, { storage: join(folder, "trunkline.db") });
  await inCall(on);
  kill(on.running.pid, "SIGKILL");
  await on.running.exit;
  const again = await startServer({ config: on.configWith([ownNumber]) });
  onTestFinished(async () => {
    await again.stop();
  });
  const { stdout } = await again.command("history", "--json");
  expect(JSON.parse(stdout)).toMatchObject([
    { from: outside, to: ownNumber, answeredAt: expect.any(String), ending: { code: "server-lost" } },
  ]);
});
