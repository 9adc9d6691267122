import { EventEmitter } from "node:events";
import { setImmediate } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { FakeClock } from "../testing/fake-clock.ts";
import { LastingThread } from "./lasting-thread.ts";

type Nothing = Record<never, never>;
type Calls = { close: { ask: Nothing; answer: undefined }; ping: { ask: Nothing; answer: undefined } };

/** A thread that does what the test says. */
class PuppetThread extends EventEmitter {
  readonly asked: unknown[] = [];
  hangs = false;
  postMessage(messages: readonly { call: number; op: string }[]): void {
    const answers = messages.filter(({ op }) => op === "ping" && !this.hangs);
    this.asked.push(...messages.filter(({ op }) => op !== "ping"));
    this.emit(
      "message",
      answers.map(({ call }) => ({ kind: "answered", call })),
    );
  }
  async terminate(): Promise<number> {
    this.emit("exit", 1);
    return 1;
  }
  ready(): void {
    this.emit("message", [{ kind: "ready" }]);
  }
  crash(): void {
    this.emit("error", new Error("out of memory"));
    this.emit("exit", 1);
  }
}

function lasting() {
  const clock = new FakeClock();
  const threads: PuppetThread[] = [];
  const told: string[] = [];
  const spawn = (): PuppetThread => {
    threads.push(new PuppetThread());
    return threads.at(-1)!;
  };
  const thread = new LastingThread<Calls>("puppet", spawn, clock, {
    onReady: () => told.push("ready"),
    onTold: () => {},
    onFault: (cause) => told.push(cause.message),
    onGone: (cause) => told.push(cause.message),
  });
  const close = (): Promise<void> => thread.close((link) => link.ask("close", {}));
  return { clock, threads, told, thread, close };
}

describe("a lasting thread", () => {
  test("is there when it is ready, and another takes its place a second after it crashed", async () => {
    const { clock, threads, told, thread } = lasting();
    const started = thread.start();
    expect(thread.link).toBeUndefined();
    threads[0]!.ready();
    await started;
    const first = thread.link;
    expect(first).toBeDefined();
    threads[0]!.crash();
    expect(thread.link).toBeUndefined();
    await expect(first!.ask("close", {})).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    await clock.advance(999);
    expect(threads).toHaveLength(1);
    await clock.advance(1);
    threads[1]!.ready();
    expect(thread.link).toBeDefined();
    expect(told).toEqual(["ready", "the puppet ended: out of memory", "ready"]);
  });

  test("whose replacement cannot start is tried again and again, and reported once", async () => {
    const { clock, threads, told, thread } = lasting();
    const started = thread.start();
    threads[0]!.ready();
    await started;
    threads[0]!.crash();
    for (let count = 1; count <= 3; count += 1) {
      await clock.advance(1000);
      threads[count]!.crash();
    }
    await clock.advance(1000);
    threads[4]!.ready();
    expect(told).toEqual(["ready", "the puppet ended: out of memory", "ready"]);
  });

  test("that hangs is ended after ten seconds without a sign of life, and another takes its place", async () => {
    const { clock, threads, told, thread, close } = lasting();
    const started = thread.start();
    threads[0]!.ready();
    await started;
    await clock.advance(60_000);
    expect(told).toEqual(["ready"]);
    threads[0]!.hangs = true;
    await clock.advance(15_000);
    expect(thread.link).toBeUndefined();
    expect(told).toEqual(["ready", "the puppet ended: it gave no sign of life for ten seconds"]);
    await clock.advance(1000);
    threads[1]!.ready();
    expect(told).toHaveLength(3);
    const closing = close();
    await clock.advance(3000);
    await closing;
    expect(clock.pending).toBe(0);
  });

  test("that was held up together with the one who asks lives on", async () => {
    const { clock, threads, told, thread } = lasting();
    const started = thread.start();
    threads[0]!.ready();
    await started;
    await clock.advance(4000);
    threads[0]!.hangs = true;
    await clock.advance(5000);
    threads[0]!.hangs = false;
    await clock.advance(60_000);
    expect(told).toEqual(["ready"]);
  });

  test("that ends before it is ready has not started", async () => {
    const { clock, threads, told, thread } = lasting();
    const started = thread.start();
    threads[0]!.crash();
    await expect(started).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    await clock.advance(60_000);
    expect({ threads: threads.length, told }).toEqual({ threads: 1, told: [] });
  });

  test("that is closed ends unreported; one that stays is ended after three seconds", async () => {
    const { clock, threads, told, thread, close } = lasting();
    const started = thread.start();
    threads[0]!.ready();
    await started;
    const closing = close();
    await setImmediate();
    expect(threads[0]!.asked).toMatchObject([{ op: "close", ask: {} }]);
    await clock.advance(3000);
    await closing;
    expect({ told, pending: clock.pending }).toEqual({ told: ["ready"], pending: 0 });
  });

  test("that is closed while it is to be replaced is not replaced", async () => {
    const { clock, threads, thread, close } = lasting();
    const started = thread.start();
    threads[0]!.ready();
    await started;
    threads[0]!.crash();
    await close();
    await clock.advance(60_000);
    expect({ threads: threads.length, pending: clock.pending }).toEqual({ threads: 1, pending: 0 });
  });
});
