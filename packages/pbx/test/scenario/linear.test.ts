import { afterEach, expect, test } from "vitest";
import { stepsOf } from "../steps.ts";
import { annsNumber, makeWorld, type World } from "./world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
const pbxAt = { address: "198.51.100.204", port: 5060 };
const trunkAt = { address: "3.80.16.13", port: 5060 };
const sdp = "v=0\r\no=- 7 1 IN IP4 3.80.16.13\r\ns=-\r\nc=IN IP4 3.80.16.13\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

/** A message of which one part is repeated: in a header field, in the body, or in one of a field that is there anyway. */
type Growth = {
  readonly uri?: string;
  readonly from?: string;
  readonly contact?: string;
  readonly fields?: string;
  readonly type?: string;
  readonly body?: string;
  readonly method?: string;
};

type Grow = (piece: (text: string) => string) => Growth;

/** One for each place where a peer decides how often something is repeated. */
const growths: Readonly<Record<string, Grow>> = {
  "Via fields": (many) => ({ fields: many("Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n") }),
  "Via values in one field": (many) => ({
    fields: `Via: ${many("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx, ")}SIP/2.0/UDP 192.0.2.2\r\n`,
  }),
  "Record-Route values": (many) => ({
    fields: `Record-Route: ${many("<sip:3.80.16.13;lr>, ")}<sip:3.80.16.13;lr>\r\n`,
  }),
  "fields that no one knows": (many) => ({ fields: many("X-a: b\r\n") }),
  "folded lines": (many) => ({ fields: `X-a: b\r\n${many(" c\r\n")}` }),
  "blanks in a field": (many) => ({ fields: `X-a: b${many(" ")}c\r\nSubject:${many(" \t")}\r\n` }),
  "options that are required": (many) => ({ fields: `Require: ${many("x, ")}y\r\n` }),
  "options that are supported": (many) => ({ fields: `Supported: ${many("x, ")}y\r\n` }),
  "parameters of Session-Expires": (many) => ({
    fields: `Supported: timer\r\nSession-Expires: 1800${many(";a=b")}\r\n`,
  }),
  "values of Privacy": (many) => ({ fields: `Privacy: ${many("user;")}none\r\n` }),
  "asserted identities": (many) => ({ fields: `P-Asserted-Identity: ${many("<sip:+12025550123@x>, ")}<sip:1@x>\r\n` }),
  "unclosed quotes": (many) => ({ fields: `P-Asserted-Identity: ${many('"')}<sip:1@x>\r\nReason: ${many('"\\')}\r\n` }),
  "escapes in a display name": (many) => ({ from: `"${many("\\\\")}" <sip:+12025550123@x>` }),
  "words of a display name": (many) => ({ from: `${many("a ")}<sip:+12025550123@x>` }),
  "brackets in From": (many) => ({ from: `${many("<")}sip:+12025550123@x>` }),
  "schemes in a URI": (many) => ({ from: `<${many("sip:")}a@x>` }),
  "at signs in a URI": (many) => ({ from: `<sip:a${many("@")}x>` }),
  "escapes in a user part": (many) => ({ uri: `sip:${many("%41")}@x` }),
  "parameters of a telephone number": (many) => ({ uri: `sip:${annsNumber}${many(";a=b")}@x` }),
  "parameters of a tel URI": (many) => ({ uri: `tel:${annsNumber}${many(";a=b")}` }),
  "separators of a telephone number": (many) => ({ uri: `tel:+1${many("-.")}2025550102` }),
  "digits of a telephone number": (many) => ({ uri: `sip:+1${many("2")}@x` }),
  "headers of a URI": (many) => ({ uri: `sip:${annsNumber}@x?${many("a=b&")}c=d` }),
  "labels of a host name": (many) => ({ uri: `sip:${annsNumber}@${many("a.")}b` }),
  "parameters of Contact": (many) => ({ contact: `<sip:gw@3.80.16.13>${many(";a=b")}` }),
  "values of Contact": (many) => ({ contact: `${many("<sip:gw@3.80.16.13>, ")}<sip:gw@3.80.16.13>` }),
  "fields of a digest": (many) => ({ fields: `Authorization: Digest ${many('response="a", ')}realm="b"\r\n` }),
  "parameters of Content-Type": (many) => ({ type: `application/sdp${many(";a=b")}` }),
  "Content-Length fields": (many) => ({ fields: many(`Content-Length: ${sdp.length}\r\n`) }),
  "attributes of SDP": (many) => ({ body: sdp + many("a=x\r\n") }),
  "keys in SDP": (many) => ({ body: sdp + many("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\r\n") }),
  "payload types of SDP": (many) => ({ body: `${sdp.trimEnd()}${many(" 96")}\r\n` }),
  "mappings of SDP": (many) => ({ body: sdp + many("a=rtpmap:96 x/8000\r\n") }),
  "media of SDP": (many) => ({ body: sdp + many("m=video 4000 RTP/AVP 0\r\n") }),
  "line ends in SDP": (many) => ({ body: sdp + many("\r\n") }),
  "parts of a body": (many) => ({
    type: "multipart/mixed;boundary=x",
    body: `${many("--x\r\nContent-Type: a/b\r\n\r\nc\r\n")}--x--\r\n`,
  }),
  "boundaries that are none": (many) => ({ type: "multipart/mixed;boundary=x", body: many("\r\n--") }),
  "addresses of REGISTER": (many) => ({
    method: "REGISTER",
    contact: `${many("<sip:a@3.80.16.13>, ")}<sip:a@3.80.16.13>`,
  }),
  "lines of a key press": (many) => ({ method: "INFO", type: "application/dtmf-relay", body: many("Signal = \r\n") }),
  "a method's letters": (many) => ({ method: `INV${many("I")}` }),
};

/** Makes each message one of its own. */
let sent = 0;

function textOf({ uri = `sip:${annsNumber}@198.51.100.204`, method = "INVITE", ...growth }: Growth): string {
  const { from = "<sip:+12025550123@3.80.16.13>", contact = "<sip:gw@3.80.16.13>", fields = "", body = sdp } = growth;
  const id = `steps-${sent++}`;
  return `${method} ${uri} SIP/2.0\r\nVia: SIP/2.0/UDP 3.80.16.13;branch=z9hG4bK${id};rport\r\n${fields}From: ${from};tag=${id}
To: <sip:${annsNumber}@198.51.100.204>\r\nCall-ID: ${id}\r\nCSeq: 1 ${method}\r\nContact: ${contact}\r\nMax-Forwards: 70
Content-Type: ${growth.type ?? "application/sdp"}\r\nContent-Length: ${body.length}\r\n\r\n${body}`.replaceAll(
    /\r?\n/g,
    "\r\n",
  );
}

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

/** How much is repeated: nearly as much as a header field may have, and as much as a body may. */
const repeatedBytes = [7500, 48_000];
/** Above what reading a message takes, far below what it takes to compare each piece with every other. */
const stepsPerByte = 80;

test.each(Object.entries(growths))("the work for a message grows no faster than its %s", async (_place, grow) => {
  world = await makeWorld(fair, { connected: false });
  const { network, clock, pbx } = world;
  const socket = await network.bind(trunkAt, { onDatagram: () => {}, onError: () => {} });
  pbx.operations.follow(undefined, () => {});
  const stepsFor = (bytes: number): Promise<number> => {
    const text = textOf(grow((piece) => piece.repeat(Math.ceil(bytes / piece.length))));
    return stepsOf(async () => {
      socket.send(Buffer.from(text), pbxAt);
      await clock.advance(400);
    });
  };
  const base = await stepsFor(1);
  for (const bytes of repeatedBytes) expect((await stepsFor(bytes)) - base).toBeLessThan(stepsPerByte * bytes);
  socket.close();
});
