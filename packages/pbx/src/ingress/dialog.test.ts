import { headers, type IncomingCall } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { userOf } from "../../test/fakes/config.ts";
import { mediaPeerOf } from "./dialog.ts";

const offerOf = (line: string): string =>
  ["v=0", "o=- 1 1 IN IP4 10.2.0.1", "c=IN IP4 10.2.0.1", line, ""].join("\r\n");

function callWith(offer: string): IncomingCall {
  const fields = headers([["Content-Type", "application/sdp"]]);
  const invite = { headers: fields, body: Buffer.from(offer) };
  const flow = { transport: "tls", remote: { address: "10.2.0.1", port: 5061 } };
  return { invite, flow } as unknown as IncomingCall;
}

test.each([
  ["m=audio 4000 RTP/SAVP 0", true],
  ["m=audio 4000/2 RTP/SAVP 0", true],
  ["m=audio  4000 rtp/savpf 0", true],
  ["m=audio 4000 RTP/AVP 0\r\nm=audio 4002 RTP/SAVP 0", true],
  ["m=audio 4000 RTP/AVP 0", false],
  ["m=audio 4000 RTP/AVP 0\r\nm=audio 0 RTP/SAVP 0", false],
])("whether a phone's audio is encrypted is read from %s", (line, encrypted) => {
  const speaker = { kind: "device", user: userOf("ann") } as const;
  expect(mediaPeerOf(speaker, callWith(offerOf(line)))).toMatchObject({ kind: "phone", encrypted });
});
