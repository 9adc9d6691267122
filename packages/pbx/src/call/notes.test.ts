import { expect, test } from "vitest";
import { asUserName, readE164 } from "../domain/names.ts";
import type { Party } from "../domain/party.ts";
import { CallNotes } from "./notes.ts";

const ann: Party = { kind: "user", user: asUserName("ann"), displayName: "Ann", callerId: readE164("+12025550100")! };

/** A leg whose dialog cannot be asked any more once it is let go of. */
function legOf(id: string) {
  const flow = { transport: "udp", remote: { address: "192.0.2.1", port: 5060 } } as never;
  let isGone = false;
  const leg = {
    id,
    party: ann,
    get sip() {
      if (isGone) throw new Error("its messages are held still");
      return { flow, callId: `${id}@x` };
    },
  };
  return { leg, letGo: () => (isGone = true) };
}

function notesAt(time: { nowMs: number }) {
  const notes = new CallNotes(() => time.nowMs);
  for (const id of ["a", "b1"]) notes.add(legOf(id).leg);
  time.nowMs += 10;
  notes.answered("b1");
  return notes;
}

test("each leg has times of its own, and nothing of its messages is held once it is over", () => {
  const time = { nowMs: 100 };
  const notes = notesAt(time);
  const { leg, letGo } = legOf("c1");
  notes.add(leg);
  time.nowMs += 10;
  notes.changed({ kind: "takeover", by: "b1", to: "c1" });
  notes.ended("b1");
  time.nowMs += 10;
  notes.ended("c1");
  notes.settle("c1");
  letGo();
  time.nowMs += 10;
  const times = notes.legs(undefined).map((one) => [one.id, one.startedAtMs, one.answeredAtMs, one.endedAtMs]);
  expect(times).toEqual([
    ["a", 100, 110, 140],
    ["b1", 100, 110, 120],
    ["c1", 110, 120, 130],
  ]);
});

test("of a Call-ID that a peer has written without end only the beginning is recorded", () => {
  const notes = new CallNotes(() => 0);
  notes.add(legOf("x".repeat(16_000)).leg);
  expect(notes.legs(undefined).map(({ sipCallId }) => sipCallId)).toEqual(["x".repeat(256)]);
});

test("attempts and changes are kept up to a bound, and counted beyond it; the users of all are known", () => {
  const notes = notesAt({ nowMs: 0 });
  for (let count = 0; count < 500; count += 1) {
    const id = `attempt-${count}`;
    notes.add(legOf(id).leg);
    notes.ended(id);
    notes.settle(id);
  }
  expect(notes.legs(undefined)).toHaveLength(10);
  expect(notes.leftOut).toBe(492);
  for (let count = 0; count < 200; count += 1) {
    const id = `takeover-${count}`;
    notes.add(legOf(id).leg);
    notes.changed({ kind: "takeover", by: "b1", to: id });
    notes.ended(id);
    notes.settle(id);
  }
  expect(notes.legs(undefined).length).toBeLessThanOrEqual(64);
  expect(notes.changes.length).toBeLessThanOrEqual(64);
  expect(notes.legs(undefined).map(({ id }) => id)).toEqual(expect.arrayContaining(["a", "b1"]));
  expect(notes.users).toEqual(["ann"]);
});
