import { readFileSync } from "node:fs";
import { formatMessage, headers, parseMessage, type SipMessage, type SipRequest } from "../src/index.ts";
import { responseTo } from "../src/transport/reply.ts";
import { cpuMicroseconds } from "./cpu.ts";
import { readBySipJs, readByUs } from "./values.ts";

const leastRatio = 25;
const bytes = readFileSync(new URL("../test/fixtures/inbound-invite.sip", import.meta.url));
const text = bytes.toString();

function invite(): SipRequest {
  const message = parseMessage(bytes);
  if (!message.ok || message.value.kind !== "request") throw new Error("the recorded INVITE cannot be read");
  return message.value;
}

function answer(request: SipRequest): SipMessage {
  const bare = responseTo(request, 200, "our-tag");
  const more = [...request.headers].filter(([name]) => name === "Record-Route");
  const dressed = [...bare.headers, ...more, ["Contact", "<sip:trunkline@198.51.100.204:5060>"]] as [string, string][];
  return { ...bare, headers: headers([...dressed, ["Content-Type", "application/sdp"]]), body: request.body };
}

const print = (what: string, microseconds: number): void =>
  console.log(`${what.padEnd(72)} ${microseconds.toFixed(1).padStart(8)} µs CPU`);

const request = invite();
const ok = answer(request);
if (readByUs(bytes) !== readBySipJs(text)) throw new Error(`${readByUs(bytes)}\nis not\n${readBySipJs(text)}`);
const figures = cpuMicroseconds({
  ours: { run: () => readByUs(bytes), times: 4000 },
  parseOnly: { run: () => parseMessage(bytes), times: 4000 },
  sipJs: { run: () => readBySipJs(text), times: 60 },
  formatInvite: { run: () => formatMessage(request), times: 4000 },
  format200: { run: () => formatMessage(ok), times: 4000 },
  make200: { run: () => formatMessage(answer(request)), times: 4000 },
});

const ratio = figures.sipJs / figures.ours;
print("the recorded INVITE read by sip.js's Parser.parseMessage", figures.sipJs);
print("the same values read here: start line, 2 Via, From, To ... body", figures.ours);
print("  of which parseMessage, with the checks of every header it needs", figures.parseOnly);
print("the INVITE written", figures.formatInvite);
print("a 200 with its SDP written", figures.format200);
print("a 200 made from the INVITE and written", figures.make200);
console.log(`${"times faster than sip.js, to reach 25".padEnd(72)} ${ratio.toFixed(0).padStart(8)}`);
if (ratio < leastRatio) process.exitCode = 1;
