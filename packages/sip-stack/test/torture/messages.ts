const usual = {
  Via: "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK-rule-1",
  "Max-Forwards": "70",
  From: '"Caller" <sip:caller@example.net>;tag=from-1',
  To: "<sip:user@example.com>",
  "Call-ID": "rule-1@10.0.0.9",
};

const sdp = [
  "v=0",
  "o=caller 1 1 IN IP4 10.0.0.9",
  "s=-",
  "c=IN IP4 10.0.0.9",
  "t=0 0",
  "m=audio 4000 RTP/AVP 0",
  "",
].join("\r\n");

/** Headers by name: one that is `undefined` is left out, a list gives as many fields. */
export type Fields = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A datagram with a start line, headers over the usual ones, and a body as it is. */
export function datagram(startLine: string, fields: Fields = {}, body: string | Uint8Array = ""): Buffer {
  const method = startLine.startsWith("SIP/") ? "INVITE" : startLine.trimStart().split(/[ \t]/)[0];
  const length = String(Buffer.byteLength(body));
  const all: Fields = { ...usual, CSeq: `7 ${method}`, "Content-Length": length, ...fields };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [value].flat().map((one) => `${name}: ${one}\r\n`),
  );
  return Buffer.concat([Buffer.from(`${startLine}\r\n${lines.join("")}\r\n`), Buffer.from(body)]);
}

/** OPTIONS with headers of its own. */
export function options(fields: Fields = {}, body: string | Uint8Array = ""): Buffer {
  return datagram("OPTIONS sip:user@example.com SIP/2.0", fields, body);
}

/** REGISTER with headers of its own. */
export function register(fields: Fields = {}): Buffer {
  return datagram("REGISTER sip:example.com SIP/2.0", { Contact: "<sip:user@10.0.0.9>", ...fields });
}

/** An INVITE that offers PCMU. */
export function invite(fields: Fields = {}, body: string | Uint8Array = sdp): Buffer {
  const own = { Contact: "<sip:caller@10.0.0.9>", "Content-Type": "application/sdp" };
  return datagram("INVITE sip:user@example.com SIP/2.0", { ...own, ...fields }, body);
}

/** A response that nobody waits for. */
export function response(statusLine: string, fields: Fields = {}): Buffer {
  return datagram(statusLine, { To: "<sip:user@example.com>;tag=to-1", ...fields });
}

export { sdp };
