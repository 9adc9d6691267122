import { describe, expect, test } from "vitest";
import { asUserName } from "../domain/names.ts";
import { ending } from "../kernel/ending.ts";
import type { Binding, Bindings } from "./bindings.ts";
import type { Budgets } from "./budgets.ts";
import type { CallRecord, History, HistoryQuery } from "./history.ts";

const alice = asUserName("alice");
const binding = (contact: string, changes: Partial<Binding> = {}): Binding => ({
  user: alice,
  node: "n1",
  flow: "f1",
  source: { transport: "ws", address: "127.0.0.1", port: 9 },
  contact,
  callId: "c1",
  cseq: 1,
  expiresAtMs: 1000,
  ...changes,
});

/** What every implementation of `Bindings` must do. */
export function bindingsConformance(name: string, open: () => Bindings): void {
  describe(`${name} as bindings`, () => {
    test("a binding is there until it expires", async () => {
      const store = open();
      await store.put(binding("sip:a@x"));
      expect(await store.of(alice, 999)).toEqual([binding("sip:a@x")]);
      expect(await store.of(alice, 1000)).toEqual([]);
      expect(await store.all(1000)).toEqual([]);
    });

    test("the same contact over the same flow replaces its binding, another contact or flow stands beside it", async () => {
      const store = open();
      await store.put(binding("sip:a@x"));
      await store.put(binding("sip:b@x", { flow: "f2" }));
      await store.put(binding("sip:a@x", { cseq: 2 }));
      await store.put(binding("sip:a@x", { flow: "f3", cseq: 3 }));
      expect((await store.of(alice, 0)).map(({ contact, cseq }) => [contact, cseq])).toEqual([
        ["sip:a@x", 2],
        ["sip:b@x", 1],
        ["sip:a@x", 3],
      ]);
    });

    test("a closed flow takes its own bindings and no others with it", async () => {
      const store = open();
      await store.put(binding("sip:a@x"));
      await store.put(binding("sip:b@x", { flow: "f2" }));
      await store.put(binding("sip:c@x", { node: "n2" }));
      await store.removeFlow("n1", "f1");
      expect((await store.all(0)).map(({ contact }) => contact)).toEqual(["sip:b@x", "sip:c@x"]);
      await store.remove(binding("sip:b@x", { flow: "f2" }));
      expect((await store.of(asUserName("bob"), 0)).length).toBe(0);
      expect((await store.all(0)).map(({ contact }) => contact)).toEqual(["sip:c@x"]);
    });
  });
}

/** A call that was busy. */
export const record = (id: string, user: string): CallRecord => ({
  id,
  direction: "outbound",
  from: user,
  to: "+12025550123",
  users: [user],
  startedAtMs: 1,
  endedAtMs: 2,
  ending: ending("busy", "callee"),
  legs: [{ id: "a", party: user, address: "udp 10.0.0.1:5060", sipCallId: `${id}@x` }],
});

/** What every implementation of `History` must do. */
export function historyConformance(name: string, open: () => History): void {
  describe(`${name} as history`, () => {
    test("the latest come first, of everyone or of one user", async () => {
      const store = open();
      for (const [id, user] of [
        ["1", "alice"],
        ["2", "bob"],
        ["3", "alice"],
      ] as const)
        await store.add(record(id, user));
      expect((await store.latest({ limit: 2 })).map(({ id }) => id)).toEqual(["3", "2"]);
      expect(await store.latest({ limit: 9, user: "alice" })).toEqual([record("3", "alice"), record("1", "alice")]);
    });

    test("pages by number, by user and by time, each page where the one before ended", async () => {
      const store = open();
      for (let at = 1; at <= 6; at += 1) {
        const to = at % 2 === 0 ? "+12025550199" : "+12025550123";
        await store.add({ ...record(String(at), at > 4 ? "bob" : "alice"), to, startedAtMs: at < 3 ? 1 : at });
      }
      const ids = async (query: Partial<HistoryQuery>): Promise<string> =>
        (await store.latest({ limit: 9, ...query })).map(({ id }) => id).join("");
      expect(await ids({ number: "+12025550199" })).toBe("642");
      expect(await ids({ number: "bob", limit: 1 })).toBe("6");
      expect(await ids({ user: "alice", number: "+12025550123" })).toBe("31");
      expect(await ids({ sinceMs: 3, untilMs: 5 })).toBe("43");
      expect(await ids({ limit: 2 })).toBe("65");
      expect(await ids({ limit: 3, before: "5" })).toBe("432");
      expect(await ids({ before: "2" })).toBe("1");
      expect(await ids({ before: "1" })).toBe("");
      expect(await ids({ before: "nobody's" })).toBe("");
    });

    test("one record is found by its id, with all that it has", async () => {
      const store = open();
      const whole: CallRecord = {
        ...record("1", "alice"),
        users: ["alice", "bob"],
        rungAtMs: 2,
        answeredAtMs: 3,
        answeredBy: "b1",
        changes: [{ atMs: 4, kind: "attended-transfer", by: "a", to: "b1", call: "2" }],
      };
      await store.add(whole);
      expect(await store.get("1")).toEqual(whole);
      expect(await store.get("2")).toBeUndefined();
    });

    test("an active call is no record yet; its end is one", async () => {
      const store = open();
      const { endedAtMs, ending: why, legs, ...begun } = record("1", "alice");
      await store.note(begun);
      await store.note({ ...begun, answeredAtMs: 2 });
      expect(await store.latest({ limit: 9 })).toEqual([]);
      await store.add({ ...begun, answeredAtMs: 2, endedAtMs, ending: why, legs });
      expect(await store.latest({ limit: 9, user: "alice" })).toEqual([{ ...record("1", "alice"), answeredAtMs: 2 }]);
    });
  });
}

/** What every implementation of `Budgets` must do. */
export function budgetsConformance(name: string, open: () => Budgets): void {
  test(`${name} as budgets: each user's seconds of a day add up, and the next day begins at zero`, async () => {
    const [store, bob] = [open(), asUserName("bob")];
    for (const seconds of [60, 60, 12]) await store.talk(alice, "2026-11-25", seconds);
    await store.talk(bob, "2026-11-25", 5);
    expect(await store.usedSeconds(alice, "2026-11-25")).toBe(132);
    expect(await store.usedSeconds(bob, "2026-11-25")).toBe(5);
    expect(await store.usedSeconds(alice, "2026-11-26")).toBe(0);
  });
}
