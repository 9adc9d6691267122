import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  type CallUser,
  type Flow,
  parseMessage,
  sdpBody,
  type Transport,
  type TransportSink,
  type UserAgent,
  userAgent,
} from "../src/index.ts";

/** What calls that are up cost while nothing happens: memory of each, and CPU against a server without any. */
const local = { address: "10.0.0.1", port: 5060 };
const remote = { address: "10.0.0.2", port: 5060 };
const flow: Flow = { id: "bench", transport: "udp", local, remote, open: true };
const sdp = "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n";
const quiet: CallUser = { onOffer: () => {}, onRequest: () => {}, onAnswer: () => {}, onEnded: () => {} };
const seconds = 4;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** A transport that nothing leaves; the tag of every 200 is kept for the ACK. */
class Wire implements Transport {
  readonly kind = "udp";
  readonly reliable = false;
  readonly local = local;
  sink: TransportSink | undefined;
  answered: string[] = [];

  send(bytes: Uint8Array): void {
    const message = parseMessage(bytes);
    if (!message.ok || message.value.kind !== "response" || message.value.status !== 200) return;
    const { headers } = message.value;
    this.answered.push(`${headers.get("Call-ID")} ${headers.get("To")}`);
  }

  async listen(sink: TransportSink): Promise<void> {
    this.sink = sink;
  }

  flowTo(): Flow {
    return flow;
  }

  async close(): Promise<void> {}

  /** Puts a request of the peer in, as bytes. */
  receive(method: "INVITE" | "ACK", callId: string, to: string): void {
    const head = [
      `${method} sip:bench@10.0.0.1 SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bK${method}${callId}`,
      "From: <sip:+12065550100@10.0.0.2>;tag=peer",
      ...[`To: ${to}`, `Call-ID: ${callId}`, `CSeq: 1 ${method}`, "Max-Forwards: 70"],
      "Contact: <sip:+12065550100@10.0.0.2:5060>",
      ...(method === "INVITE" ? ["Content-Type: application/sdp", `Content-Length: ${sdp.length}`] : []),
    ];
    this.sink?.onMessage(Buffer.from(`${head.join("\r\n")}\r\n\r\n${method === "INVITE" ? sdp : ""}`), flow);
  }
}

async function withCalls(count: number): Promise<{ readonly agent: UserAgent; readonly wire: Wire }> {
  const wire = new Wire();
  const agent = userAgent({
    transports: [wire],
    limits: { maxDialogs: 50_000, maxTransactions: 100_000 },
    // What the transactions of the set-up leave behind is to be over when the measurement begins.
    timers: { t1: 20, t2: 40, t4: 50 },
    user: {
      onCall(call) {
        call.attach(quiet);
        call.answer(sdpBody(sdp));
      },
      onRequest: () => {},
    },
  });
  await agent.listen();
  for (let at = 0; at < count; at++) {
    wire.receive("INVITE", `call-${at}`, "<sip:bench@10.0.0.1>");
    const [callId = "", ...to] = (wire.answered.pop() ?? "").split(" ");
    wire.receive("ACK", callId, to.join(" "));
    if (at % 200 === 0) await setTimeout(1);
  }
  return { agent, wire };
}

/** CPU milliseconds of one second in which nothing comes. */
async function idleSecond(): Promise<number> {
  await setTimeout(2000);
  const before = process.cpuUsage();
  await setTimeout(seconds * 1000);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / seconds;
}

function heapBytes(): number {
  collect();
  return process.memoryUsage().heapUsed;
}

async function measure(count: number): Promise<number> {
  const before = heapBytes();
  const { agent } = await withCalls(count);
  const cpuMs = await idleSecond();
  const { live } = agent.counters();
  if (live.calls !== count || live.transactions !== 0) throw new Error(`not idle: ${JSON.stringify(live)}`);
  const each = count === 0 ? "" : `${((heapBytes() - before) / count / 1024).toFixed(1)} kB of heap each, `;
  console.log(
    `${String(count).padStart(6)} calls up: ${each}${live.timers} timers, ${cpuMs.toFixed(1)} ms CPU in an idle second`,
  );
  await agent.close();
  return cpuMs;
}

await (await withCalls(500)).agent.close();
const empty = await measure(0);
for (const count of [2000, 20_000]) {
  console.log(`        ${((await measure(count)) / empty).toFixed(1)} times the empty server's (to reach: 2)`);
}
