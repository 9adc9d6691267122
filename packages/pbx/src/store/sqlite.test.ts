import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { FakeClock } from "@trunkline/sip-stack/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { asUserName } from "../domain/names.ts";
import { invitationsConformance, passkeysConformance, sessionsConformance } from "./access-conformance.ts";
import type { Binding } from "./bindings.ts";
import { bindingsConformance, budgetsConformance, historyConformance, record } from "./conformance.ts";
import { migrate } from "./schema.ts";
import { type SqliteOptions, sqliteStore } from "./sqlite.ts";

const dayMs = 86_400_000;
const clockOf = () => new FakeClock();

const inMemory = () => sqliteStore({ path: ":memory:", historyDays: 365, clock: clockOf(), wallClock: () => 1000 });
historyConformance("SQLite", () => inMemory().history);
bindingsConformance("SQLite", () => inMemory().bindings);
budgetsConformance("SQLite", () => inMemory().budgets);
invitationsConformance("SQLite", () => inMemory().invitations);
sessionsConformance("SQLite", () => inMemory().sessions);
passkeysConformance("SQLite", () => inMemory().passkeys);

/** A folder for a database that can be opened again and again. */
function place() {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "trunkline.db");
  const told: string[] = [];
  const open = (changes: Partial<SqliteOptions> = {}) => {
    const clock = changes.clock ?? clockOf();
    const {
      history: store,
      budgets,
      bindings,
    } = sqliteStore({
      path,
      historyDays: 30,
      clock,
      wallClock: () => 1000,
      onTrouble: (why) => told.push(why),
      onRecovered: (waiting) => told.push(`recovered ${waiting}`),
      ...changes,
    });
    return { store, budgets, bindings, clock: clock as FakeClock };
  };
  return { path, open, told };
}

test("who is signed in stays so through a restart, and a link that is out still lets in", async () => {
  const { path } = place();
  const open = () => sqliteStore({ path, historyDays: 30, clock: clockOf(), wallClock: () => 1000 });
  const times = { createdAtMs: 1, usedAtMs: 1, expiresAtMs: 9000 };
  const user = asUserName("alice");
  const before = open();
  await before.sessions.add({ id: "s1", hash: "h1", user, way: "link", browser: "Firefox on Linux", ...times });
  await before.invitations.add({ hash: "h2", user, expiresAtMs: 9000 });
  await before.history.close();
  const after = open();
  expect(await after.sessions.withHash("h1", 1000)).toMatchObject({ id: "s1", user: "alice" });
  expect(await after.invitations.take("h2", 1000)).toMatchObject({ user: "alice" });
  await after.history.close();
});

describe("a database of records", () => {
  test("of an older version is brought to this one, and its records are still there", async () => {
    const { open, path } = place();
    const old = new DatabaseSync(path);
    migrate(old, 1);
    old.exec(
      "INSERT INTO calls VALUES ('1', 'outbound', 'alice', '+1', 1, NULL, 2, 'busy', 'Busy.', 486, 17, 'callee')",
    );
    old.close();
    const { store } = open();
    expect(await store.latest({ limit: 9 })).toMatchObject([{ id: "1", to: "+1", ending: { code: "busy" }, legs: [] }]);
    await store.add(record("2", "alice"));
    expect(await store.get("2")).toEqual(record("2", "alice"));
    await store.close();
  });

  test("keeps them from one start to the next", async () => {
    const { open } = place();
    const first = open().store;
    await first.add(record("1", "alice"));
    await first.close();
    const { store } = open();
    expect(await store.latest({ limit: 9, user: "alice" })).toEqual([record("1", "alice")]);
    await store.close();
  });

  test("keeps the phones that are online over UDP; those behind a connection went with it", async () => {
    const { open } = place();
    const first = open();
    const phone: Binding = {
      user: asUserName("alice"),
      node: "n1",
      flow: "f1",
      source: { transport: "udp", address: "192.0.2.1", port: 5060 },
      contact: "sip:a@192.0.2.1",
      instance: "urn:uuid:1",
      credentialCheck: 7,
      callId: "c1",
      cseq: 1,
      expiresAtMs: 5000,
    };
    await first.bindings.put(phone);
    await first.bindings.put({ ...phone, contact: "sip:b@x", source: { ...phone.source, transport: "ws" } });
    await first.bindings.put({ ...phone, contact: "sip:c@192.0.2.1" });
    await first.clock.advance(100);
    await first.bindings.remove({ ...phone, contact: "sip:c@192.0.2.1" });
    await first.bindings.put({ ...phone, flow: "f2" });
    await first.store.close();
    const { store, bindings } = open();
    expect(await bindings.all(0)).toEqual([phone, { ...phone, flow: "f2" }]);
    await store.close();
  });

  test("keeps the minutes of the day, those that were not written in peace too", async () => {
    const { open } = place();
    const { store: first, budgets, clock } = open();
    await budgets.talk(asUserName("alice"), "2026-11-25", 60);
    await clock.advance(100);
    await budgets.talk(asUserName("alice"), "2026-11-25", 30);
    expect(await budgets.usedSeconds(asUserName("alice"), "2026-11-25")).toBe(90);
    await first.close();
    const second = open();
    expect(await second.budgets.usedSeconds(asUserName("alice"), "2026-11-25")).toBe(90);
    await second.store.close();
  });

  test("is readable for the server's own user alone, with all that lies beside it", async () => {
    const { path, open } = place();
    const { store, clock } = open();
    await store.add(record("1", "alice"));
    await clock.advance(100);
    for (const file of [path, `${path}-wal`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    await store.close();
  });

  test("closes the calls that were up when the server was lost, with words, and nothing else", async () => {
    const { open } = place();
    const { store: lost, clock } = open();
    const { endedAtMs: _, ending: __, ...begun } = record("1", "alice");
    await lost.note({ ...begun, startedAtMs: 100, answeredAtMs: 500 });
    await lost.add(record("2", "bob"));
    await clock.advance(100);
    const { store } = open();
    const records = await store.latest({ limit: 9 });
    expect(records.map(({ id, endedAtMs, ending: { code } }) => [id, endedAtMs, code])).toEqual([
      ["1", 500, "server-lost"],
      ["2", 2, "busy"],
    ]);
    expect(records[0]?.ending.words).toBe("The server stopped during the call.");
    await store.close();
    await lost.close();
  });

  test("ends the calls of a server that was lost when it was last known to run", async () => {
    const { open } = place();
    let nowMs = 1000;
    const { store: lost, clock } = open({ wallClock: () => nowMs });
    const { endedAtMs: _, ending: __, ...begun } = record("1", "alice");
    await lost.note({ ...begun, startedAtMs: 1000, answeredAtMs: 2000 });
    await lost.note({ ...begun, id: "2", startedAtMs: 46_500, answeredAtMs: 46_900 });
    for (let second = 0; second < 45; second += 1) {
      nowMs += 1000;
      await clock.advance(1000);
    }
    const { store } = open();
    const records = await store.latest({ limit: 9 });
    expect(records.map(({ id, endedAtMs, ending: { code } }) => [id, endedAtMs, code])).toEqual([
      ["2", 46_900, "server-lost"],
      ["1", 46_000, "server-lost"],
    ]);
    await store.close();
    await lost.close();
  });

  test("notes that it runs only while calls are active", async () => {
    const { open } = place();
    const { store, clock } = open();
    const idle = clock.pending;
    const { endedAtMs: _, ending: __, ...begun } = record("1", "alice");
    await store.note(begun);
    await store.add(record("1", "alice"));
    await clock.advance(10_000);
    expect(clock.pending).toBe(idle);
    await store.close();
    expect(clock.pending).toBe(0);
  });

  test("forgets those that are older than it should keep, at the start and every hour", async () => {
    const { open } = place();
    const { store: before } = open({ wallClock: () => 0 });
    await before.add({ ...record("old", "alice"), startedAtMs: 5 * dayMs });
    await before.add({ ...record("new", "alice"), startedAtMs: 6 * dayMs + 3_600_000 });
    await before.close();
    let nowMs = 36 * dayMs;
    const { store, clock } = open({ wallClock: () => nowMs });
    expect((await store.latest({ limit: 9 })).map(({ id }) => id)).toEqual(["new"]);
    nowMs += 2 * 3_600_000;
    await clock.advance(3_600_000);
    expect(await store.latest({ limit: 9 })).toEqual([]);
    await store.close();
  });

  test("that another program has locked loses nothing: its records wait, which is told once, and are written later", async () => {
    const { path, open, told } = place();
    const { store, clock } = open();
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    for (const id of ["1", "2"]) {
      await store.add(record(id, "alice"));
      await clock.advance(5000);
    }
    expect(told).toEqual([expect.stringContaining("locked")]);
    expect(store.counters).toEqual({ waiting: 2, dropped: 0 });
    other.exec("COMMIT");
    await clock.advance(1000);
    expect(told.slice(1)).toEqual(["recovered 2"]);
    expect((await store.latest({ limit: 9 })).map(({ id }) => id)).toEqual(["2", "1"]);
    other.close();
    await store.close();
    expect(clock.pending).toBe(0);
  });

  test("that is full takes no more than ten thousand records into memory and counts those that are lost", async () => {
    const { path, open, told } = place();
    const { store, clock } = open();
    const other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    for (let at = 0; at < 10_005; at += 1) await store.add(record(String(at), "alice"));
    await clock.advance(1000);
    expect(store.counters).toEqual({ waiting: 10_000, dropped: 5 });
    expect(told).toHaveLength(1);
    other.exec("COMMIT");
    other.close();
    await store.close();
  });
});

describe("a file that cannot be used is an error that says what to do", () => {
  test("a file that is no database", () => {
    const { path, open } = place();
    writeFileSync(path, "This is not a database. ".repeat(100));
    expect(open).toThrow(expect.objectContaining({ code: "STORAGE_UNUSABLE", message: expect.stringContaining(path) }));
  });

  test("a database of a newer version", () => {
    const { path, open } = place();
    const newer = new DatabaseSync(path);
    newer.exec("PRAGMA user_version = 99");
    newer.close();
    expect(open).toThrow(expect.objectContaining({ message: expect.stringContaining("newer version of Trunkline") }));
  });

  test("a folder that is not there", () => {
    const { open } = place();
    expect(() => open({ path: "/nowhere/trunkline.db" })).toThrow(
      expect.objectContaining({ code: "STORAGE_UNUSABLE", message: expect.stringContaining("folder") }),
    );
  });
});
