import { EventEmitter } from "node:events";
import { expect, test } from "vitest";
import type { LegId, LegStatistics } from "../leg/leg.ts";
import type { SessionUser } from "../session/api.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { MediaWorker } from "./media-worker.ts";
import type { ToWorker } from "./protocol.ts";

/** A thread that opens session "s" and answers nothing else unless the test does. */
class PuppetThread extends EventEmitter {
  readonly asked: ToWorker[] = [];
  postMessage(message: ToWorker): void {
    this.asked.push(message);
    if (message.op === "open") this.answer(message.call, { session: "s" });
  }
  answer(call: number, answer: unknown): void {
    this.emit("message", { kind: "answered", call, answer });
  }
  async terminate(): Promise<number> {
    return 1;
  }
}

async function opened(user: SessionUser) {
  const thread = new PuppetThread();
  const worker = new MediaWorker(
    () => thread,
    new FakeClock(),
    {},
    () => {},
  );
  const started = worker.start();
  thread.emit("message", { kind: "ready" });
  await started;
  return { thread, session: await worker.open(user) };
}

const last = { leg: "s.1" as LegId } as LegStatistics;

test.each([
  [{}, []],
  [{ onStatistics: () => {} }, ["statistics"]],
  [{ onClosed: () => {}, onStatistics: () => {} }, ["statistics", "closed"]],
] as const)("a worker is asked to measure only for whom listens: %o", async (user, listensTo) => {
  const { thread } = await opened(user);
  expect(thread.asked).toEqual([{ call: 1, op: "open", ask: { listensTo } }]);
});

test("the last statistics of a leg come while its session closes; nothing else does", async () => {
  const told: unknown[] = [];
  const { thread, session } = await opened({
    onClosed: ({ leg }) => told.push(leg),
    onStatistics: () => told.push("statistics"),
    onConnected: () => told.push("connected"),
  });
  const closing = session.close();
  thread.emit("message", { kind: "measured", session: "s", legs: [last] });
  thread.emit("message", { kind: "told", session: "s", leg: last.leg, tidings: { event: "connected" } });
  thread.emit("message", { kind: "told", session: "s", leg: last.leg, tidings: { event: "closed", last } });
  thread.answer(2, undefined);
  await closing;
  thread.emit("message", { kind: "told", session: "s", leg: last.leg, tidings: { event: "closed", last } });
  expect(told).toEqual([last.leg]);
});
