import { afterEach, expect, test } from "vitest";
import { inviteTo, plainSdp, RawPeer, serverAt, trunkAt } from "../raw-peer.ts";
import { makeWorld, type World } from "../world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };
let world: World | undefined;
let trunk: RawPeer | undefined;

afterEach(async () => {
  trunk?.close();
  await world?.close();
  world = undefined;
});

const plain = plainSdp();
const media = { address: trunkAt.address, port: 4000 };
const ann = `sip:+12025550102@${serverAt.address}`;
const offer = (changes: Readonly<Record<string, string>>): string =>
  Object.entries(changes).reduce((text, [line, other]) => text.replace(line, other), plain);

/** A call with this offer, answered by Ann who then talks: our answer, and how many packets reach the trunk. */
async function answered(body: string) {
  const on = await makeWorld(fair, { connected: false });
  world = on;
  on.ann.manner = { answersAfterMs: 100 };
  trunk = await RawPeer.open(on);
  let packets = 0;
  const audio = await on.network.bind(media, { onDatagram: () => void packets++, onError: () => {} });
  trunk.send(inviteTo(ann, {}, body));
  await on.clock.advance(1000);
  await Promise.all([on.ann.last.talk(10), on.clock.advance(500)]);
  audio.close();
  const ok = trunk.messages.findLast((message) => message.kind === "response" && message.status === 200);
  return { statuses: trunk.statuses, packets, answer: Buffer.from(ok?.body ?? []).toString() };
}

const c = `c=IN IP4 ${trunkAt.address}`;
const o = `o=- 7 1 IN IP4 ${trunkAt.address}`;

test.each([
  ["a host name in c=", offer({ [c]: "c=IN IP4 media.carrier.example" })],
  ["localhost in c=", offer({ [c]: "c=IN IP4 localhost" })],
  ["an IPv6 address in c=", offer({ [c]: "c=IN IP6 2001:db8::1" })],
  ["an IPv6 address for its RTCP", `${plain}a=rtcp:4001 IN IP6 2001:db8::1\r\n`],
  ["a time to live in c=", offer({ [c]: `${c}/127` })],
  ["an origin of 20 digits and a name", offer({ [o]: "o=- 16432937132577731597 1 IN IP4 gw.carrier.example" })],
  ["a blank in the origin's user", offer({ [o]: `o=Carrier GW 1 1 IN IP4 ${trunkAt.address}` })],
  ["an origin without a user", offer({ [o]: `o= 1 1 IN IP4 ${trunkAt.address}` })],
  ["no origin", offer({ [`${o}\r\n`]: "" })],
  ["neither s= nor t=", offer({ "s=-\r\n": "", "t=0 0\r\n": "" })],
  ["unknown lines", offer({ "t=0 0": "q=odd\r\nhello\r\nt=0 0" })],
  ["bare line feeds", plain.replaceAll("\r\n", "\n")],
  ["blanks at the ends of its lines", plain.replaceAll("\r\n", " \r\n")],
  ["doubled blanks in m=", offer({ "m=audio ": "m=audio  " })],
  ["c= behind the attributes", `${offer({ [`${c}\r\n`]: "" })}${c}\r\n`],
  ["foreign payload types", offer({ "AVP 0 101": "AVP 0 101 128 255 x" })],
  ["other media that is malformed", `${plain}m=application 5 UDP/BFCP\r\n`],
])("an offer with %s is answered and both hear each other", async (_, body) => {
  const { statuses, packets, answer } = await answered(body);
  expect(statuses.at(-1)).toBe(200);
  expect(answer).toMatch(/^m=audio \d+ RTP\/AVP 0 101\r$/m);
  expect(packets).toBe(10);
});

test("telephone-event is answered at 8000 where its payload type is mapped to 16000 first", async () => {
  const twice = "a=rtpmap:101 telephone-event/16000\r\na=rtpmap:101 telephone-event/8000";
  const { answer } = await answered(offer({ "a=rtpmap:101 telephone-event/8000": twice }));
  expect(answer).toContain("a=rtpmap:101 telephone-event/8000\r\n");
});
