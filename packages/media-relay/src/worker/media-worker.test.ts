import { EventEmitter } from "node:events";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import type { LegId, LegStatistics } from "../leg/leg.ts";
import type { SessionUser } from "../session/api.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { MediaWorker } from "./media-worker.ts";
import type { ToWorker } from "./protocol.ts";

/** A thread that answers nothing unless the test does. */
class PuppetThread extends EventEmitter {
  readonly asked: ToWorker[] = [];
  postMessage(messages: readonly ToWorker[]): void {
    this.asked.push(...messages.filter(({ op }) => op !== "ping"));
  }
  answer(call: number, answer: unknown): void {
    this.tell({ kind: "answered", call, answer });
  }
  tell(message: object): void {
    this.emit("message", [message]);
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
  thread.tell({ kind: "ready" });
  await started;
  const session = worker.open(user);
  await setImmediate();
  return { thread, session };
}

const last = { leg: "s.1" as LegId } as LegStatistics;

test.each([
  [{}, []],
  [{ onStatistics: () => {} }, ["statistics"]],
  [{ onClosed: () => {}, onStatistics: () => {} }, ["statistics", "closed"]],
] as const)("a worker is asked to measure only for whom listens: %o", async (user, listensTo) => {
  const { thread, session } = await opened(user);
  expect(thread.asked).toMatchObject([{ op: "open", ask: { session: session.id, listensTo } }]);
});

test("the last statistics of a leg come while its session closes; nothing else does", async () => {
  const told: unknown[] = [];
  const { thread, session } = await opened({
    onClosed: ({ leg }) => told.push(leg),
    onStatistics: () => told.push("statistics"),
    onConnected: () => told.push("connected"),
  });
  const closing = session.close();
  await setImmediate();
  thread.tell({ kind: "measured", session: session.id, legs: [last] });
  thread.tell({ kind: "told", session: session.id, leg: last.leg, event: { name: "connected" } });
  thread.tell({ kind: "told", session: session.id, leg: last.leg, event: { name: "closed", last } });
  thread.answer(thread.asked.at(-1)!.call, undefined);
  await closing;
  thread.tell({ kind: "told", session: session.id, leg: last.leg, event: { name: "closed", last } });
  expect(told).toEqual([last.leg]);
});
