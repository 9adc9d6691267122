import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  bodyText,
  formatMessage,
  parseMessage,
  parseNameAddr,
  parseUri,
  parseVia,
  type SipMessage,
} from "../src/index.ts";
import { parseSdp } from "../src/sdp/index.ts";

const bytesOf = (name: string) => readFileSync(new URL(`./fixtures/${name}-invite.sip`, import.meta.url));

function read(name: string): SipMessage {
  const message = parseMessage(bytesOf(name));
  if (!message.ok) throw new Error(message.why);
  return message.value;
}

function audioOf(message: SipMessage) {
  const session = parseSdp(bodyText(message) ?? "");
  if (!session.ok) throw new Error(session.why);
  return session.value.audio;
}

const addressOf = (message: SipMessage, name: string) => {
  const address = parseNameAddr(message.headers.get(name) ?? "");
  if (!address.ok) throw new Error(address.why);
  return address.value;
};

describe("the INVITE that a Voice Connector sent", () => {
  const invite = read("inbound");

  test("is a request to the number at our address", () => {
    expect(invite).toMatchObject({
      kind: "request",
      method: "INVITE",
      uri: "sip:+16185558387@198.51.100.204:5060;transport=UDP",
    });
    expect(invite.headers.get("call-id")).toBe("39d6b15a-7688-4263-85ec-8409291a2b21");
    expect(invite.headers.get("CSeq")).toBe("52215685 INVITE");
    expect(invite.headers.get("X-VoiceConnector-ID")).toBe("dr3rbaar376u5r4ntcnlq4");
    expect([...invite.headers].map(([name]) => name)).toEqual(
      "Record-Route Via Via Max-Forwards From To Call-ID CSeq Contact Content-Type Content-Length X-VoiceConnector-ID User-Agent".split(
        " ",
      ),
    );
  });

  test("has a body of the 247 bytes that Content-Length says", () => {
    expect(invite.headers.get("Content-Length")).toBe("247");
    expect(invite.body).toHaveLength(247);
  });

  test("has two Via, the top one the connector's, the other with received and rport", () => {
    const vias = invite.headers.all("Via").map((text) => parseVia(text));
    const values = vias.map((via) =>
      via.ok ? [via.value.host, via.value.port, Object.fromEntries(via.value.params)] : via.why,
    );
    expect(values).toEqual([
      ["3.80.16.13", 5060, { branch: "z9hG4bKec37.25cad5b1953f730a93ea935c0ab48f61.0" }],
      ["10.0.58.47", undefined, { received: "10.0.58.47", rport: "5060", branch: "z9hG4bKBa834aZp7Hy1r" }],
    ]);
  });

  test("has a Record-Route whose parameters come back in order", () => {
    expect(invite.headers.all("Record-Route")).toEqual(["<sip:3.80.16.13;lr;ftag=9eXmFya9j7Hpa;did=c71.2ee3;nat=yes>"]);
    const uri = parseUri(addressOf(invite, "Record-Route").uri);
    expect(uri.ok && [...uri.value.params]).toEqual([
      ["lr", undefined],
      ["ftag", "9eXmFya9j7Hpa"],
      ["did", "c71.2ee3"],
      ["nat", "yes"],
    ]);
  });

  test("has a private Contact with an alias", () => {
    const uri = parseUri(addressOf(invite, "Contact").uri);
    expect(uri).toMatchObject({ ok: true, value: { host: "10.0.58.47", port: 5060 } });
    expect(uri.ok && uri.value.params.get("alias")).toBe("10.0.58.47~5060~1");
  });

  test("has a parameter on To outside the brackets and no tag, and a tag on From", () => {
    const to = addressOf(invite, "To");
    expect(to.uri).toBe("sip:+16185558387@198.51.100.204:5060");
    expect([...to.params]).toEqual([["transport", "UDP"]]);
    expect(addressOf(invite, "From").params.get("tag")).toBe("9eXmFya9j7Hpa");
  });

  test("offers PCMU and telephone-event, RTCP on port 36489", () => {
    expect(audioOf(invite)).toEqual({
      address: "3.80.17.149",
      port: 36488,
      rtcp: { address: "3.80.17.149", port: 36489 },
      protocol: "RTP/AVP",
      direction: "sendrecv",
      ptimeMs: 20,
      crypto: [],
      codecs: [
        { payloadType: 0, name: "PCMU", clockRate: 8000 },
        { payloadType: 101, name: "telephone-event", clockRate: 8000, fmtp: "0-15" },
      ],
    });
  });

  test("is written again byte for byte", () => {
    expect(Buffer.from(formatMessage(invite)).equals(bytesOf("inbound"))).toBe(true);
  });
});

describe("the INVITE that Asterisk sent", () => {
  const invite = read("outbound");

  test("has a body of the 661 bytes that a Content-Length behind three spaces says", () => {
    expect(bytesOf("outbound").includes("Content-Length:   661\r\n")).toBe(true);
    expect(invite.headers.get("Content-Length")).toBe("661");
    expect(invite.body).toHaveLength(661);
  });

  test("asks for the source port in Via", () => {
    const via = parseVia(invite.headers.all("Via")[0] ?? "");
    expect(via.ok && [...via.value.params]).toEqual([
      ["rport", undefined],
      ["branch", "z9hG4bKPjb46638db-f05f-44fb-8644-86438687c288"],
    ]);
  });

  test("lists what it allows and supports", () => {
    expect(invite.headers.all("Allow")).toHaveLength(13);
    expect(invite.headers.all("Supported")).toEqual(["100rel", "timer", "replaces", "norefersub", "histinfo"]);
    expect([invite.headers.get("Session-Expires"), invite.headers.get("Min-SE")]).toEqual(["1800", "90"]);
  });

  test("offers codec 0 and 101 among ICE candidates", () => {
    expect(audioOf(invite)).toMatchObject({ address: "198.51.100.204", port: 25388, rtcp: { port: 25389 } });
    expect(audioOf(invite)?.codecs.map((codec) => codec.payloadType)).toEqual([0, 101]);
  });
});
