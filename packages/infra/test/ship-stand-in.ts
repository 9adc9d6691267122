import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Clock } from "../host/ship/clock.ts";

/** A line as it arrived. */
export type Arrived = { readonly timestamp: number; readonly message: string };

type Put = { logGroupName: string; logStreamName: string; logEvents: Arrived[] };
type Answer = { readonly status: number; readonly body: object };

const refusal = (code: string, status = 400): Answer => ({ status, body: { __type: code, message: `${code} it is` } });

/** Whoever waits for something to become true; it is looked at when something has happened. */
class Watch {
  #waiters: { readonly isTrue: () => boolean; readonly resolve: () => void }[] = [];

  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#waiters.push({ isTrue, resolve });
      this.look();
    });
  }

  look(): void {
    const ready = this.#waiters.filter(({ isTrue }) => isTrue());
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const { resolve } of ready) resolve();
  }
}

/** CloudWatch Logs as far as it is used, over HTTP on this machine: one group, its streams, its limits. */
export class LogsStandIn {
  readonly streams = new Map<string, Arrived[]>();
  /** The operations that were asked for, in order. */
  readonly asked: string[] = [];
  /** How many lines each request carried that was accepted. */
  readonly batches: number[] = [];
  /** What breaks CloudWatch Logs' rules. */
  readonly faults: string[] = [];
  hasGroup = true;
  /** What the next requests to put lines are answered, before they are looked at. */
  readonly failing: (Answer | "silence")[] = [];
  /** What is said of lines that are refused within a batch that is accepted. */
  rejected: object | undefined;
  mostAtOnce = 0;
  #underWay = 0;
  #port = 0;
  readonly #watch = new Watch();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async listen(): Promise<string> {
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  fail(...codes: readonly (string | "silence")[]): void {
    this.failing.push(...codes.map((code) => (code === "silence" ? code : refusal(code))));
  }

  /** Resolves when something is true, which is looked at after each request. */
  until(isTrue: () => boolean): Promise<void> {
    return this.#watch.until(isTrue);
  }

  /** The messages of the one stream. */
  get messages(): readonly string[] {
    return [...this.streams.values()].flat().map(({ message }) => message);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#underWay++;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    response.once("close", () => {
      this.#underWay--;
      this.#watch.look();
    });
    const operation = String(request.headers["x-amz-target"]).replace("Logs_20140328.", "");
    const members = JSON.parse(await text(request)) as Put;
    this.asked.push(operation);
    const failing = operation === "PutLogEvents" ? this.failing.shift() : undefined;
    this.#watch.look();
    if (failing === "silence") return;
    const { status, body } = failing ?? this.#answer(operation, members);
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(body));
  }

  #answer(operation: string, { logGroupName, logStreamName, logEvents }: Put): Answer {
    if (!this.hasGroup || logGroupName !== "group") return refusal("ResourceNotFoundException");
    const stream = this.streams.get(logStreamName);
    if (operation === "CreateLogStream") {
      if (stream !== undefined) return refusal("ResourceAlreadyExistsException");
      this.streams.set(logStreamName, []);
      return { status: 200, body: {} };
    }
    if (operation !== "PutLogEvents") return refusal("UnknownOperationException");
    if (stream === undefined) return refusal("ResourceNotFoundException");
    const broken = brokenRules(logEvents);
    this.faults.push(...broken);
    if (broken.length > 0) return refusal("InvalidParameterException");
    stream.push(...logEvents);
    this.batches.push(logEvents.length);
    return { status: 200, body: this.rejected === undefined ? {} : { rejectedLogEventsInfo: this.rejected } };
  }
}

/** What PutLogEvents' documentation asks of a batch. */
function brokenRules(events: readonly Arrived[]): readonly string[] {
  const bytes = events.map(({ message }) => Buffer.byteLength(message) + 26);
  const times = events.map(({ timestamp }) => timestamp);
  const rules: Readonly<Record<string, boolean>> = {
    "no lines": events.length > 0,
    "more than 10,000 lines": events.length <= 10_000,
    "more than 1 MiB": bytes.reduce((sum, size) => sum + size, 0) <= 1_048_576,
    "a line of more than 256 KiB": bytes.every((size) => size <= 262_144),
    "an empty line": events.every(({ message }) => message.length > 0),
    "not in order of time": times.every((time, at) => at === 0 || time >= (times[at - 1] ?? 0)),
    "a day or more": (times.at(-1) ?? 0) - (times[0] ?? 0) < 24 * 60 * 60 * 1000,
  };
  return Object.entries(rules).flatMap(([name, isKept]) => (isKept ? [] : [name]));
}

type Task = { readonly atMs: number; readonly delayMs: number; readonly run: () => void };

/** A clock that stands still until a test moves it. */
export class StillClock implements Clock {
  #nowMs = 1_800_000_000_000;
  #tasks: Task[] = [];
  readonly #watch = new Watch();

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const task = { atMs: this.#nowMs + delayMs, delayMs, run };
    this.#tasks.push(task);
    this.#watch.look();
    return () => {
      this.#tasks = this.#tasks.filter((other) => other !== task);
      this.#watch.look();
    };
  }

  /** Resolves when nobody waits for so long. */
  unwaited(delayMs: number): Promise<void> {
    return this.#watch.until(() => this.#tasks.every((task) => task.delayMs !== delayMs));
  }

  /** Resolves when somebody, or so many, wait for so long. */
  waited(delayMs: number, count = 1): Promise<void> {
    return this.#watch.until(() => this.#tasks.filter((task) => task.delayMs === delayMs).length >= count);
  }

  /** Moves time on, running what falls due. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#tasks.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#tasks = this.#tasks.filter((task) => task !== due);
      this.#nowMs = due.atMs;
      due.run();
    }
    this.#nowMs = endMs;
  }

  /** Lets somebody, or so many, begin to wait for so long, and the time pass. */
  async pass(delayMs: number, count = 1): Promise<void> {
    await this.waited(delayMs, count);
    this.advance(delayMs);
  }
}

/** What journalctl writes, as a test gives it. */
export class JournalFeed implements AsyncIterable<Uint8Array> {
  readonly #chunks: { readonly bytes: Uint8Array | Error | undefined; readonly taken: () => void }[] = [];
  readonly #watch = new Watch();

  /** Writes, and resolves when all of it has been taken. */
  write(text: string): Promise<void> {
    return this.#put(Buffer.from(text));
  }

  /** Ends it, in its own time or by a fault. */
  end(fault?: Error): void {
    void this.#put(fault);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      await this.#watch.until(() => this.#chunks.length > 0);
      const { bytes, taken } = this.#chunks.shift()!;
      if (bytes === undefined) return;
      if (bytes instanceof Error) throw bytes;
      yield bytes;
      taken();
    }
  }

  #put(bytes: Uint8Array | Error | undefined): Promise<void> {
    return new Promise((taken) => {
      this.#chunks.push({ bytes, taken });
      this.#watch.look();
    });
  }
}

/** A line of `journalctl --output=json`. */
export const journalLine = (at: number, message: unknown, atMs = 1_800_000_000_000 + at): string =>
  `${JSON.stringify({ __CURSOR: cursorOf(at), __REALTIME_TIMESTAMP: `${atMs * 1000 + 7}`, MESSAGE: message })}\n`;

export const cursorOf = (at: number): string => `s=abc0;i=${at.toString(16)};b=f00d;m=1;t=2;x=3`;
