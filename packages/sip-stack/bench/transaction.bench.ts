import { readFileSync } from "node:fs";
import { systemClock } from "../src/kernel/clock.ts";
import { systemRandom } from "../src/kernel/random.ts";
import { formatMessage } from "../src/message/format.ts";
import type { SipRequest, SipResponse } from "../src/message/message.ts";
import { parseMessage } from "../src/message/parse.ts";
import { serverKey } from "../src/transaction/key.ts";
import { TransactionLayer } from "../src/transaction/layer.ts";
import { TransportLayer } from "../src/transport/layer.ts";
import { responseTo } from "../src/transport/reply.ts";
import type { Flow, Transport, TransportSink } from "../src/transport/transport.ts";

/**
 * The server's part of an INVITE that is refused: INVITE, 180, 486, ACK, bytes in and bytes out, without sockets. Then
 * the parts that it is made of, each alone.
 */
const local = { address: "10.0.0.1", port: 5060 };
const flow: Flow = { id: "bench", transport: "udp", local, remote: { address: "3.80.16.13", port: 5060 }, open: true };
const recorded = readFileSync(new URL("../test/fixtures/inbound-invite.sip", import.meta.url), "latin1");
const branch = /branch=([^;\r]+)/.exec(recorded)?.[1] ?? "";
const sinks: TransportSink[] = [];
let sentBytes = 0;

const transport: Transport = {
  ...{ kind: "udp", reliable: false, local },
  send: (bytes) => {
    sentBytes += bytes.length;
  },
  listen: async (sink) => void sinks.push(sink),
  flowTo: () => flow,
  close: async () => {},
};

const inviteBytes = (serial: number) => Buffer.from(recorded.replaceAll(branch, `z9hG4bK${serial}`), "latin1");
const ackBytes = (serial: number) =>
  Buffer.from(
    recorded
      .replaceAll(branch, `z9hG4bK${serial}`)
      .replace(/^INVITE/, "ACK")
      .replace(/^CSeq: (\d+) INVITE/m, "CSeq: $1 ACK")
      .replace(/^Content-Length: .*$/m, "Content-Length: 0")
      .replace(/\r\n\r\n[\s\S]*$/, "\r\n\r\n"),
    "latin1",
  );

function read(bytes: Uint8Array): SipRequest {
  const message = parseMessage(bytes);
  if (!message.ok || message.value.kind !== "request") throw new Error("the recorded INVITE cannot be read");
  return message.value;
}

/** CPU microseconds that a run of the task takes, in the cheapest of several rounds. */
function costUs(runs: number, task: (run: number) => unknown): number {
  const rounds = Array.from({ length: 6 }, (_, round) => {
    const before = process.cpuUsage();
    for (let run = 0; run < runs; run++) task(round * runs + run);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / runs;
  });
  return Math.min(...rounds);
}

const layerOptions = { transports: [transport], clock: systemClock, random: systemRandom };
const transactions = new TransactionLayer({
  transport: new TransportLayer({ ...layerOptions, gate: undefined, observer: undefined }),
  clock: systemClock,
  random: systemRandom,
  maxTransactions: 1_000_000,
  sentBy: () => local,
});
let acknowledged = 0;
await transactions.listen({
  onRequest(transaction) {
    transaction.respond(responseTo(transaction.request, 180, "tag"));
    transaction.respond(responseTo(transaction.request, 486, "tag"));
  },
  onCancel: () => {},
  onAck: () => acknowledged++,
  onFlowClosed: () => {},
});

const runs = 3000;
const pairs = Array.from({ length: 6 * runs }, (_, serial) => [inviteBytes(serial), ackBytes(serial)] as const);
const whole = costUs(runs, (run) => {
  for (const bytes of pairs[run] ?? []) sinks[0]?.onMessage(bytes, flow);
});
if (acknowledged > 0 || transactions.live !== 6 * runs) throw new Error("the transactions were not matched");

const [invite, ack] = (pairs[0] ?? []).map(read) as [SipRequest, SipRequest];
const ringing: SipResponse = responseTo(invite, 180, "tag");
const busy: SipResponse = responseTo(invite, 486, "tag");
const parts = {
  parse: costUs(runs, (run) => pairs[run]?.map((bytes) => parseMessage(bytes))),
  match: costUs(runs, () => [serverKey(invite), serverKey(invite), serverKey(ack)]),
  build: costUs(runs, () => [responseTo(invite, 180, "tag"), responseTo(invite, 486, "tag")]),
  format: costUs(runs, () => [formatMessage(ringing), formatMessage(busy)]),
};
const known = Object.values(parts).reduce((sum, us) => sum + us, 0);
console.log(
  `INVITE server transaction (INVITE, 180, 486, ACK): ${whole.toFixed(1)} us CPU, ${sentBytes} bytes out in all`,
);
for (const [part, us] of Object.entries({ ...parts, rest: whole - known })) {
  console.log(`  ${part.padEnd(7)} ${us.toFixed(1).padStart(6)} us  ${((us * 100) / whole).toFixed(0).padStart(3)} %`);
}
await transactions.close();
process.exit(0);
