import { describe, expect, test } from "vitest";
import type { Flow, Transport, TransportSink } from "./transport.ts";

/** A transport under test, opened, and a peer that speaks its protocol. */
export type TransportBench = {
  readonly transport: Transport;
  /** What the transport reported, in order. */
  readonly reports: TransportReports;
  /** Sends one message to the transport. */
  sendFromPeer(bytes: Uint8Array): void;
  /** Messages that arrived at the peer. */
  readonly atPeer: readonly Uint8Array[];
  /** Lets time pass until the condition holds. */
  until(condition: () => boolean): Promise<void>;
  /** Lets everything happen that is under way. */
  settle(): Promise<void>;
  close(): Promise<void>;
};

/** Keeps what a transport reports. */
export class TransportReports implements TransportSink {
  readonly messages: { readonly bytes: Uint8Array; readonly from: Flow }[] = [];
  readonly failures: { readonly flow: Flow; readonly cause: Error }[] = [];
  readonly closed: Flow[] = [];
  readonly refused: string[] = [];
  isInsideSend = false;
  wasCalledInsideSend = false;

  onMessage(bytes: Uint8Array, from: Flow): void {
    this.#note();
    this.messages.push({ bytes: new Uint8Array(bytes), from });
  }

  onFailure(flow: Flow, cause: Error): void {
    this.#note();
    this.failures.push({ flow, cause });
  }

  onClosed(flow: Flow): void {
    this.#note();
    this.closed.push(flow);
  }

  onRefused(_flow: Flow, why: string): void {
    this.refused.push(why);
  }

  #note(): void {
    this.wasCalledInsideSend ||= this.isInsideSend;
  }
}

const message = (subject: string, body: Uint8Array = new Uint8Array()): Uint8Array => {
  const head = `OPTIONS sip:a@b SIP/2.0\r\nSubject: ${subject}\r\nContent-Length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
};

/** What every transport must do, whatever carries it. */
export function transportConformance(name: string, open: () => Promise<TransportBench>): void {
  const on = async (run: (bench: TransportBench) => Promise<void>): Promise<void> => {
    const bench = await open();
    try {
      await run(bench);
    } finally {
      await bench.close();
    }
  };

  /** A flow to the peer, learnt from a message of its. */
  const flowOf = async (bench: TransportBench): Promise<Flow> => {
    bench.sendFromPeer(message("hello"));
    await bench.until(() => bench.reports.messages.length === 1);
    const [first] = bench.reports.messages;
    if (first === undefined) throw new Error("nothing arrived");
    return first.from;
  };

  const send = (bench: TransportBench, bytes: Uint8Array, to: Flow): void => {
    bench.reports.isInsideSend = true;
    bench.transport.send(bytes, to);
    bench.reports.isInsideSend = false;
  };

  describe(`${name} is a transport`, () => {
    test("messages keep their bytes, order and boundaries both ways", () =>
      on(async (bench) => {
        const flow = await flowOf(bench);
        const all = ["one", "zwei ü", "three 電話", "x".repeat(1200)].map((text) => message(text));
        for (const bytes of all) bench.sendFromPeer(bytes);
        for (const bytes of all) send(bench, bytes, flow);
        await bench.until(() => bench.reports.messages.length === 5 && bench.atPeer.length === 4);
        expect(bench.reports.messages.slice(1).map(({ bytes }) => Buffer.from(bytes))).toEqual(all);
        expect(bench.atPeer.map((bytes) => Buffer.from(bytes))).toEqual(all);
      }));

    test("bytes that are not UTF-8 arrive as they are", () =>
      on(async (bench) => {
        const bytes = message("latin", Uint8Array.of(0xe9, 0x00, 0xff));
        const flow = await flowOf(bench);
        send(bench, bytes, flow);
        await bench.until(() => bench.atPeer.length === 1);
        expect(Buffer.from(bench.atPeer[0] ?? [])).toEqual(bytes);
      }));

    test("messages of one peer come by one open flow of the transport's kind", () =>
      on(async (bench) => {
        const flow = await flowOf(bench);
        bench.sendFromPeer(message("again"));
        await bench.until(() => bench.reports.messages.length === 2);
        expect(bench.reports.messages[1]?.from.id).toBe(flow.id);
        expect(flow.open).toBe(true);
        expect(flow.transport).toBe(bench.transport.kind);
        expect(flow.remote.port).toBeGreaterThan(0);
      }));

    test("send neither throws nor reports from inside, not even after close, and the flow is then closed", () =>
      on(async (bench) => {
        const flow = await flowOf(bench);
        send(bench, message("before"), flow);
        await bench.transport.close();
        await bench.transport.close();
        send(bench, message("after"), flow);
        await bench.settle();
        expect(flow.open).toBe(false);
        expect(bench.reports.wasCalledInsideSend).toBe(false);
        expect(bench.atPeer.length).toBeLessThanOrEqual(1);
      }));

    test("nothing is received after close", () =>
      on(async (bench) => {
        await flowOf(bench);
        await bench.transport.close();
        bench.sendFromPeer(message("late"));
        await bench.settle();
        expect(bench.reports.messages).toHaveLength(1);
      }));
  });
}
