import type { MediaSession } from "@trunkline/media-relay";
import { expect, test } from "vitest";
import { browserMediaLeg } from "./browser.ts";

const legAnswering = (sdp: string) => {
  const leg = { id: "1.1", offer: async () => "", accept: async () => {}, answer: async () => sdp };
  return browserMediaLeg({ browserLeg: async () => leg } as unknown as MediaSession);
};

const session = "v=0\r\ns=-\r\n";
const audio = "m=audio 9 RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\n";
const other = "m=video 0 RTP/SAVPF 96\r\na=inactive\r\n";

test.each([
  ["its own section", `${session}${audio}a=recvonly\r\n`],
  ["its own section behind others", `${session}${other}m=audio 0 RTP/SAVPF 0\r\na=inactive\r\n${audio}a=recvonly\r\n`],
  ["its own section before others", `${session}a=inactive\r\n${audio}a=recvonly\r\n${other}`],
  ["the session", `${session}a=recvonly\r\n${audio}${other}`],
  ["its own bundled section", `${session}${other}m=audio 0 RTP/SAVPF 0\r\na=bundle-only\r\na=recvonly\r\n`],
])("the direction of a browser's audio is read from %s", async (_, sdp) => {
  const leg = await legAnswering(sdp);
  await leg.answer("");
  expect(leg.direction).toBe("recvonly");
  await leg.offer();
  await leg.accept(sdp);
  expect(leg.direction).toBe("sendonly");
});

test("the direction of a browser's audio that names none is sendrecv", async () => {
  const leg = await legAnswering(`${session}${audio}${other}`);
  await leg.answer("");
  expect(leg.direction).toBe("sendrecv");
});

test.each(["offer", "offerRestart"] as const)("the answer to each %s reaches the relay, once", async (how) => {
  const accepted: string[] = [];
  const relayLeg = { id: "1.1", offer: async () => "", accept: async (sdp: string) => accepted.push(sdp) };
  const leg = await browserMediaLeg({ browserLeg: async () => relayLeg } as unknown as MediaSession);
  for (const answer of ["first", "second"]) {
    await leg[how]!();
    await leg.accept(answer);
    await leg.accept(answer);
  }
  expect(accepted).toEqual(["first", "second"]);
});
