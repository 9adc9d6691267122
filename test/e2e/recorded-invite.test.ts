import type { SipMessage } from "@trunkline/sip-stack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testNetwork } from "../harness/network.ts";
import { type Server, startServer } from "../harness/server/server.ts";
import { emptied } from "./peers/counters.ts";
import { headerLine, type RawTrunk, rawTrunk, recordedInvite } from "./peers/raw-trunk.ts";
import { type WebAgent, webAgent } from "./peers/web-agent.ts";

const network = testNetwork();
const [serverAddress, trunkAddress] = [`${network}.1`, `${network}.2`];

const config = `version: 1
sip: { udp: "${serverAddress}:5060" }
trunk: { host: ${trunkAddress}, allow: ["${trunkAddress}"] }
numbers: { "+16185558387": { ring: [alice] } }
users: { alice: { name: Alice, callerId: "+16185558387" } }
media: { trunkPorts: 10000-10099, browserPorts: 10100-10199 }
http: { bind: "127.0.0.1:0" }
`;

let server: Server;
let trunk: RawTrunk;
let agent: WebAgent;

beforeAll(async () => {
  trunk = await rawTrunk(trunkAddress, serverAddress);
  server = await startServer({ config });
  agent = await webAgent(server, "alice", serverAddress);
});

afterAll(async () => {
  await emptied(server);
  await agent.close();
  expect(await server.stop()).toBe(0);
  trunk.close();
});

const isStatus = (status: number, method: string) => (message: SipMessage) =>
  message.kind === "response" && message.status === status && message.headers.get("CSeq")?.endsWith(method) === true;

let invite = recordedInvite(trunkAddress, serverAddress);
const recordRoute = `<sip:${trunkAddress};lr;ftag=9eXmFya9j7Hpa;did=c71.2ee3;nat=yes>`;

/** A request of the caller inside the dialog, over the route set that the 200 confirmed. */
function inDialog(method: string, sequence: number, to: string, contact: string): string {
  return [
    `${method} ${contact} SIP/2.0`,
    `Via: SIP/2.0/UDP ${trunkAddress}:5060;branch=z9hG4bKec37.${method}${sequence}.0`,
    `Via: SIP/2.0/UDP 10.0.58.47;received=10.0.58.47;rport=5060;branch=z9hG4bK${method}${sequence}`,
    "Max-Forwards: 69",
    headerLineOf("From"),
    `To: ${to}`,
    headerLineOf("Call-ID"),
    `CSeq: ${sequence} ${method}`,
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");
}

const headerLineOf = (name: string): string => `${name}: ${headerLine(invite, name)}`;

test("the recorded INVITE rings a registered user agent; the answer shows our address and keeps the Record-Route; ACK and BYE end it", async () => {
  trunk.send(invite);
  const ringing = await agent.nextCall();
  expect(ringing.call.invite.headers.get("From")).toContain("+18155558245");
  const rung = await trunk.next(isStatus(180, "INVITE"));
  expect(headerLine(rung.text, "To")).toContain(";tag=");

  await ringing.answer();
  const answered = await trunk.next(isStatus(200, "INVITE"));
  expect(headerLine(answered.text, "Record-Route")).toBe(recordRoute);
  expect(answered.text.match(/^Via: .*$/gm)).toHaveLength(2);
  const contact = /<(.*)>/.exec(headerLine(answered.text, "Contact") ?? "")?.[1] ?? "";
  expect(contact).toBe(`sip:+16185558387@${serverAddress}:5060`);
  expect(answered.text).toMatch(
    new RegExp(`c=IN IP4 ${serverAddress}\r\n[\\s\\S]*m=audio 100\\d\\d RTP/AVP 0 101\r\n`),
  );

  const to = headerLine(answered.text, "To") ?? "";
  trunk.send(inDialog("ACK", 52_215_685, to, contact));
  trunk.send(inDialog("BYE", 52_215_686, to, contact));
  await trunk.next(isStatus(200, "BYE"));
  expect((await ringing.over).cause).toBe("bye");
});

test("a CANCEL stops the ringing instead", async () => {
  invite = invite.replace("39d6b15a", "49d6b15a").replace("z9hG4bKec37", "z9hG4bKec38");
  trunk.send(invite);
  const ringing = await agent.nextCall();
  await trunk.next(isStatus(180, "INVITE"));
  trunk.send(
    invite
      .replace(/^INVITE/, "CANCEL")
      .replace("52215685 INVITE", "52215685 CANCEL")
      .replace(/Record-Route: .*\r\n/, "")
      .replace(/Via: SIP\/2.0\/UDP 10.*\r\n/, "")
      .replace(/Content-Type: .*\r\n/, "")
      .replace(/Content-Length: [\s\S]*/, "Content-Length: 0\r\n\r\n"),
  );
  await trunk.next(isStatus(200, "CANCEL"));
  const refused = await trunk.next(isStatus(487, "INVITE"));
  expect((await ringing.over).cause).toBe("cancel");
  const to = headerLine(refused.text, "To") ?? "";
  const branch = /branch=[^;\r]*/.exec(invite)?.[0] ?? "";
  trunk.send(
    inDialog("ACK", 52_215_685, to, `sip:+16185558387@${serverAddress}:5060`).replace(/branch=[^;\r]*/, branch),
  );
});
