import { type Flow, parseMessage, type WireEvent } from "@trunkline/sip-stack";

const flow: Flow = {
  id: "1",
  transport: "udp",
  local: { address: "127.0.0.1", port: 5060 },
  remote: { address: "127.0.0.2", port: 5060 },
  open: true,
};

/** A message on the wire, by its start line and Call-ID. */
export function event(
  atMs: number,
  direction: "in" | "out",
  start: string,
  callId: string,
  outcome: WireEvent["outcome"] = direction === "in" ? "accepted" : "sent",
  standing: WireEvent["standing"] = "known",
): WireEvent {
  const method = start.startsWith("SIP/2.0") ? "INVITE" : start.split(" ")[0];
  const text = `${start}\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:a@x>;tag=1\r\nTo: <sip:b@x>\r\nCall-ID: ${callId}\r\nCSeq: 1 ${method}\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n`;
  const bytes = Buffer.from(text);
  const parsed = parseMessage(bytes);
  return { atMs, direction, flow, standing, bytes, outcome, ...(parsed.ok && { message: parsed.value }) };
}
