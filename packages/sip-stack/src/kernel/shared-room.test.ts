import { expect, test } from "vitest";
import { SharedRoom } from "./shared-room.ts";

test("a source holds its share and no more, and the room no more than all it can", () => {
  const room = new SharedRoom<string>({ max: 3, perSource: 2 });
  expect([room.enter("a1", "a"), room.enter("a2", "a"), room.enter("a3", "a")]).toEqual([
    { ok: true },
    { ok: true },
    { ok: false, why: "share" },
  ]);
  expect([room.enter("b1", "b"), room.enter("b2", "b")]).toEqual([{ ok: true }, { ok: false, why: "full" }]);
  room.leave("a1", "a");
  room.leave("a1", "a");
  expect([room.size, room.enter("b2", "b")]).toEqual([2, { ok: true }]);
});

test("a full room that evicts takes from the source that holds most, its oldest first", () => {
  const room = new SharedRoom<string>({ max: 4, perSource: 4, evicts: true });
  for (const member of ["a1", "a2", "a3", "a4"]) room.enter(member, "a");
  expect(room.enter("b1", "b")).toEqual({ ok: true, evicted: "a1" });
  expect(room.enter("b2", "b")).toEqual({ ok: true, evicted: "a2" });
  expect(room.enter("b3", "b")).toEqual({ ok: false, why: "full" });
  expect(room.enter("c1", "c")).toEqual({ ok: true, evicted: "a3" });
  expect(room.size).toBe(4);
});

test("a source that renews its share gives up its own oldest", () => {
  const room = new SharedRoom<string>({ max: 9, perSource: 2, renews: true });
  room.enter("b1", "b");
  for (const member of ["a1", "a2"]) room.enter(member, "a");
  expect([room.enter("a3", "a"), room.enter("a4", "a"), room.size]).toEqual([
    { ok: true, evicted: "a1" },
    { ok: true, evicted: "a2" },
    3,
  ]);
});
