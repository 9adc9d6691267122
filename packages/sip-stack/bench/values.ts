import type { IncomingRequestMessage } from "sip.js/lib/core/messages/incoming-request-message.js";
import { Parser } from "sip.js/lib/core/messages/parser.js";
import { parseCSeq, parseMessage, parseNameAddr, parseUri, parseVia } from "../src/index.ts";

/** What both sides must have read of an INVITE, so that neither skips anything: one text that is the same for both. */
export type Values = string;

const hostOf = (uri: string): string => {
  const parsed = parseUri(uri);
  return parsed.ok ? parsed.value.host : "";
};

/** Everything that a call needs of an INVITE, read by our parser. */
export function readByUs(bytes: Uint8Array): Values {
  const message = parseMessage(bytes);
  if (!message.ok || message.value.kind !== "request") return "";
  const { method, uri, headers, body } = message.value;
  const vias = headers
    .each("Via", parseVia)
    .map((via) => via.ok && `${via.value.host} ${via.value.params.get("branch")}`);
  const parties = ["From", "To"].map((name) => {
    const party = headers.first(name, parseNameAddr);
    return party?.ok && `${hostOf(party.value.uri)} ${party.value.params.get("tag")}`;
  });
  const places = ["Contact", "Record-Route"].flatMap((name) =>
    headers.each(name, parseNameAddr).map((place) => place.ok && hostOf(place.value.uri)),
  );
  const cseq = headers.first("CSeq", parseCSeq);
  const sequence = cseq?.ok && `${cseq.value.number} ${cseq.value.method}`;
  const rest = [headers.get("Call-ID"), sequence, headers.get("Max-Forwards"), sumOf(body)];
  return [method, hostOf(uri), vias, parties, places, rest].join();
}

function sumOf(body: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < body.length; at++) sum += body[at] ?? 0;
  return sum;
}

type Party = { readonly uri: { readonly host: string }; readonly parameters?: Record<string, string> };
const logger = { debug() {}, log() {}, warn() {}, error() {} } as unknown as Parameters<typeof Parser.parseMessage>[1];

/** The same, read by sip.js. */
export function readBySipJs(text: string): Values {
  const message = Parser.parseMessage(text, logger) as IncomingRequestMessage;
  const parsed = (name: string, index: number) => message.parseHeader(name, index) as Party;
  const vias = [0, 1].map((index) => {
    const via = message.parseHeader("via", index) as { host: string; branch: string };
    return `${via.host} ${via.branch}`;
  });
  const parties = [
    `${message.from.uri.host} ${message.fromTag}`,
    `${message.to.uri.host} ${message.toTag || undefined}`,
  ];
  const places = [parsed("contact", 0).uri.host, parsed("record-route", 0).uri.host];
  const sequence = `${message.cseq} ${message.method}`;
  const rest = [message.callId, sequence, message.getHeader("Max-Forwards"), sumOf(Buffer.from(message.body))];
  return [message.method, message.ruri?.host, vias, parties, places, rest].join();
}
