import { EventEmitter } from "node:events";
import { describe, expect, test } from "vitest";
import type { LegId } from "../leg/leg.ts";
import { type LinkUser, WorkerLink } from "./link.ts";
import type { Calls, EventOfWorker, ToWorker } from "./protocol.ts";

/** A thread that does what the test says. */
class PuppetThread extends EventEmitter {
  readonly asked: ToWorker[] = [];
  postMessage(messages: readonly ToWorker[]): void {
    this.asked.push(...messages);
  }
  tell(...messages: readonly object[]): void {
    this.emit("message", messages);
  }
  async terminate(): Promise<number> {
    this.emit("exit", 1);
    return 1;
  }
}

function linked() {
  const thread = new PuppetThread();
  const told: unknown[] = [];
  const user: LinkUser<EventOfWorker> = {
    onReady: () => told.push("ready"),
    onTold: (message) => told.push(message.kind === "told" ? [message.leg, message.event] : message.legs),
    onFault: (cause) => told.push(cause.message),
    onGone: (cause) => told.push(cause.message),
  };
  const link = new WorkerLink<Calls, EventOfWorker>("media worker", thread, user, (task) => task());
  return { thread, told, link };
}

describe("a link to a worker", () => {
  test("gives each answer to the one who asked, in whatever order they come", async () => {
    const { thread, link } = linked();
    const answers = [
      link.ask("offer", { session: "s", leg: "a" as LegId, options: undefined }),
      link.ask("openLoopback", { session: "s" }),
    ];
    thread.tell({ kind: "answered", call: 2, answer: { leg: "b" } });
    thread.tell({ kind: "answered", call: 1, answer: "v=0" });
    expect(await Promise.all(answers)).toEqual(["v=0", { leg: "b" }]);
    expect(thread.asked.map(({ op }) => op)).toEqual(["offer", "openLoopback"]);
  });

  test("rejects with the error that the code stands for", async () => {
    const { thread, link } = linked();
    const asked = link.ask("openLoopback", { session: "s" });
    thread.tell({ kind: "refused", call: 1, code: "MEDIA_SESSIONS_FULL", message: "full" });
    await expect(asked).rejects.toMatchObject({ code: "MEDIA_SESSIONS_FULL", message: "full", name: "SessionsFull" });
  });

  test("passes on what is told, faults included", () => {
    const { thread, told } = linked();
    thread.tell({ kind: "ready" }, { kind: "told", session: "s", leg: "a", event: { name: "connected" } });
    thread.tell({ kind: "measured", session: "s", legs: [] });
    thread.tell({ kind: "fault", message: "odd" });
    thread.emit("message", { "watch:import": [] });
    expect(told).toEqual(["ready", ["a", { name: "connected" }], [], "odd"]);
  });

  test("when the thread ends, fails whoever waits and whoever asks later, and says so once", async () => {
    const { thread, told, link } = linked();
    const asked = link.ask("openLoopback", { session: "s" });
    thread.emit("error", new Error("out of memory"));
    thread.emit("exit", 1);
    await expect(asked).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    await expect(link.ask("counters", {})).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    await link.exited;
    expect(told).toEqual(["the media worker ended: out of memory"]);
  });

  test("an end that was asked for is no failure", async () => {
    const { told, link } = linked();
    link.expectEnd();
    await link.terminate();
    await link.exited;
    expect(told).toEqual([]);
  });
});
