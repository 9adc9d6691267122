import { answerOffer, makeOffer, offerAnswer } from "@trunkline/sip-stack/sdp";
import { expect, test } from "vitest";
import { sonusSdp } from "./sdp.ts";

const local = { address: "3.80.17.149", rtpPort: 36488, rtcpPort: 36489 };

test("an offer has the lines of the recorded one", () => {
  const { sdp } = makeOffer(offerAnswer("546642"), local);
  expect(sonusSdp(sdp).split("\r\n")).toEqual([
    "v=0",
    "o=Sonus_UAC 546642 1 IN IP4 3.80.17.149",
    "s=SIP Media Capabilities",
    "c=IN IP4 3.80.17.149",
    "t=0 0",
    "m=audio 36488 RTP/AVP 0 101",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:101 telephone-event/8000",
    "a=fmtp:101 0-15",
    "a=sendrecv",
    "a=rtcp:36489",
    "a=ptime:20",
    "",
  ]);
});

test("an answer keeps the offer's payload types and refused streams", () => {
  const offer = [
    "v=0",
    "o=- 1 1 IN IP4 198.51.100.204",
    "s=-",
    "c=IN IP4 198.51.100.204",
    "t=0 0",
    "m=video 4000 RTP/AVP 99",
    "m=audio 25388 RTP/AVP 0 96",
    "a=rtpmap:96 telephone-event/8000",
    "a=sendonly",
    "",
  ].join("\r\n");
  const answered = answerOffer(offerAnswer("546642"), offer, local);
  const lines = answered.ok ? sonusSdp(answered.value.sdp).split("\r\n") : [answered.why];
  expect(lines.slice(5)).toEqual([
    "m=video 0 RTP/AVP 99",
    "m=audio 36488 RTP/AVP 0 96",
    "a=rtpmap:0 PCMU/8000",
    "a=rtpmap:96 telephone-event/8000",
    "a=fmtp:96 0-15",
    "a=recvonly",
    "a=rtcp:36489",
    "a=ptime:20",
    "",
  ]);
});
