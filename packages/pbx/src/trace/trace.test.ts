import { expect, test } from "vitest";
import { event } from "../../test/fakes/wire-event.ts";
import { Trace } from "./trace.ts";

const inviteOf = (n: number) => event(n, "in", "INVITE sip:b@x SIP/2.0", `other-${n}`);
const refusedOf = (n: number) => event(n, "in", "INVITE sip:b@x SIP/2.0", `other-${n}`, "refused: not in trunk.allow");

function traceOfCall(): Trace {
  const trace = new Trace(() => 0);
  trace.onWire(event(5000, "in", "INVITE sip:b@x SIP/2.0", "one"));
  trace.record({ kind: "call-arrived", call: "k1", from: "+1202", to: "+1618", sipCallId: "one" });
  trace.record({ kind: "leg-added", call: "k1", leg: "b1", party: "alice", sipCallId: "two" });
  trace.onWire(event(5001, "out", "INVITE sip:b@y SIP/2.0", "two"));
  return trace;
}

test("a call is drawn by our own id, with all of its legs and no one else's", () => {
  const trace = traceOfCall();
  trace.onWire(event(5200, "in", "SIP/2.0 180 Ringing", "two"));
  trace.onWire(event(6000, "in", "BYE sip:b@x SIP/2.0", "one", "refused: not in trunk.allow"));
  trace.onWire(event(7000, "in", "BYE sip:c@x SIP/2.0", "three"));
  const ladder = trace.ladder("k1")?.split("\n");
  expect(ladder).toHaveLength(5);
  expect(ladder?.[4]).toContain("BYE");
  expect(ladder?.[4]).toContain("(refused: not in trunk.allow)");
  expect(trace.ladder("k2")).toBeUndefined();
});

test("neither strangers nor peers without a call push a call out of the trace", () => {
  const trace = traceOfCall();
  for (let n = 0; n < 6000; n++) trace.onWire(refusedOf(n));
  for (let n = 0; n < 6000; n++) trace.onWire(inviteOf(n));
  expect(trace.ladder("k1")?.split("\n")).toHaveLength(3);
  expect(trace.messages({ call: "k1", limit: 10 })).toHaveLength(2);
  expect(trace.dropped).toBe(3000);
});

test("a source that has proved nothing pushes out neither what others say nor its own call", () => {
  const trace = new Trace(() => 0);
  const unproven = (n: number, callId: string) =>
    event(n, "in", "REGISTER sip:x SIP/2.0", callId, "accepted", "unknown");
  trace.onWire(event(0, "in", "OPTIONS sip:x SIP/2.0", "trunk"));
  trace.onWire(unproven(1, "one"));
  trace.onWire(event(2, "in", "INVITE sip:b@x SIP/2.0", "one"));
  trace.record({ kind: "call-arrived", call: "k1", from: "ann", to: "+1618", sipCallId: "one" });
  for (let n = 0; n < 6000; n++) trace.onWire(unproven(n, `flood-${n}`));
  expect(trace.messages({ call: "k1", limit: 10 })?.map(({ text }) => text.split(" ")[0])).toEqual([
    "REGISTER",
    "INVITE",
  ]);
  expect(trace.messages({ limit: 9999 })?.some(({ text }) => text.startsWith("OPTIONS"))).toBe(true);
  expect(trace.dropped).toBe(5000);
});

test("of what was refused only the head is kept, and of the latest alone", () => {
  const trace = new Trace(() => 0);
  const large = { ...refusedOf(1), bytes: Buffer.from(`INVITE sip:b@x SIP/2.0\r\nX: ${"x".repeat(48_000)}`) };
  for (let n = 0; n < 1000; n++) trace.onWire(large);
  const messages = trace.messages({ limit: 10_000 }) ?? [];
  expect(messages).toHaveLength(500);
  expect(messages[0]?.text.length).toBeLessThan(2200);
  expect(messages[0]?.text).toContain("more bytes are not kept");
});

test.each(["accepted", "refused: not in trunk.allow"] as const)(
  "a message that is %s is kept apart from its datagram",
  (outcome) => {
    const trace = new Trace(() => 0);
    const message = event(1, "in", "INVITE sip:b@x SIP/2.0", "one", outcome);
    const datagram = Buffer.from(message.bytes);
    trace.onWire({ ...message, bytes: datagram });
    datagram.fill(0x20);
    expect(trace.messages({ limit: 1 })?.[0]?.text).toContain("INVITE sip:b@x SIP/2.0");
  },
);

test("what the stack has cut off a stranger's message is said", () => {
  const trace = new Trace(() => 0);
  trace.onWire({ ...refusedOf(1), omittedBytes: 700 });
  expect(trace.messages({ limit: 1 })?.[0]?.text).toContain("[700 more bytes are not kept]");
});

test("of a leg that is added to a call that is no longer remembered nothing is kept", () => {
  const trace = traceOfCall();
  for (let n = 0; n < 1000; n++)
    trace.record({ kind: "call-arrived", call: `k${n + 2}`, from: "+1202", to: "+1618", sipCallId: `later-${n}` });
  trace.record({ kind: "leg-added", call: "k1", leg: "c1", party: "bob", sipCallId: "late" });
  trace.onWire(event(9000, "out", "INVITE sip:b@y SIP/2.0", "late"));
  expect(trace.messages({ limit: 1 })?.[0]?.call).toBeUndefined();
});

test("of a call that somebody tries to take over again and again the caller's and the latest legs are kept", () => {
  const trace = traceOfCall();
  for (let n = 0; n < 1000; n++) {
    trace.onWire(event(6000 + n, "in", "INVITE sip:b@x SIP/2.0", `again-${n}`));
    trace.record({ kind: "leg-added", call: "k1", leg: `c${n}`, party: "alice", sipCallId: `again-${n}` });
  }
  const messages = trace.messages({ call: "k1", limit: 5000 });
  expect(messages?.map(({ leg }) => leg)).toEqual(["a", ...Array.from({ length: 127 }, (_, n) => `c${873 + n}`)]);
});

test("messages of calls, of no call and refused ones are shown in the order in which they came", () => {
  const trace = traceOfCall();
  for (const each of [inviteOf(6), refusedOf(7), event(8000, "in", "BYE sip:b@x SIP/2.0", "one")]) trace.onWire(each);
  const starts = (trace.messages({ limit: 4 }) ?? []).map(({ outcome, text }) => `${text.split(" ", 1)[0]} ${outcome}`);
  expect(starts).toEqual(["INVITE sent", "INVITE accepted", "INVITE refused: not in trunk.allow", "BYE accepted"]);
});

test("of the oldest calls nothing is left", () => {
  const trace = traceOfCall();
  for (let n = 0; n < 1000; n++)
    trace.record({ kind: "call-arrived", call: `later-${n}`, from: "", to: "", sipCallId: `later-${n}` });
  expect(trace.ladder("k1")).toBeUndefined();
  expect(trace.messages({ limit: 10 })).toEqual([]);
});
