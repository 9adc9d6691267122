import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { pcmuAnnouncement, relayInProcess } from "@trunkline/media-relay";
import {
  bodyText,
  type IncomingCall,
  sdpBody,
  systemClock,
  systemDatagrams,
  systemRandom,
  tcpTransport,
  tlsTransport,
  userAgent,
} from "@trunkline/sip-stack";
import { testCertificate } from "@trunkline/sip-stack/testing";
import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import { readConfig } from "../src/config/read.ts";
import { plainMediaLeg } from "../src/media/plain.ts";
import { openPbx } from "../src/pbx.ts";
import { memoryBindings, memoryBudgets, memoryHistory } from "../src/store/memory.ts";
import { Phone } from "./scenario/phone.ts";

const [pbxHost, trunkHost, phoneHost] = ["127.52.0.1", "127.52.0.2", "127.52.0.3"] as const;
const identity = testCertificate(pbxHost, trunkHost);

/** A relay on real sockets, closed with the test. */
function relayAt(bind: string) {
  const relay = relayInProcess({
    plain: { bind, ports: [10_000, 10_099] },
    browser: { hosts: [], ports: [20_000, 20_001] },
  });
  onTestFinished(() => relay.close());
  return relay;
}

function configOf(transport: string) {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-tls-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [certificate, key] = [join(folder, "certificate.pem"), join(folder, "key.pem")];
  writeFileSync(certificate, identity.certificate);
  writeFileSync(key, identity.key);
  const text = `version: 1
sip: { udp: "${pbxHost}:5060", tcp: "${pbxHost}:5062", tls: { bind: "${pbxHost}:5061", certificate: ${certificate}, key: ${key} } }
trunk: { host: ${trunkHost}, allow: [${trunkHost}], ${transport} }
numbers: { "+12025550100": { ring: [desk] } }
users: { desk: { callerId: "+12025550100", contact: "sip:${phoneHost}:5060" } }
`;
  const read = readConfig(text, "tls.yaml");
  if ("faults" in read) throw new Error(read.faults.join("\n"));
  return read.config;
}

/** The encrypted trunk's far end: it answers whoever calls and sends back what it hears. */
async function farEnd() {
  const relay = relayAt(trunkHost);
  const invites: string[] = [];
  const answer = async (call: IncomingCall): Promise<void> => {
    const opening = relay.open({});
    const onEnded = async (): Promise<void> => (await opening).close();
    call.attach({ onOffer: () => {}, onAnswer: () => {}, onRequest: () => {}, onEnded });
    const session = await opening;
    invites.push(`${call.flow.transport} ${bodyText(call.invite)}`);
    const place = { bind: trunkHost, shown: trunkHost, sessionId: "1" };
    const leg = await plainMediaLeg(session, { ...place, encrypted: call.flow.transport === "tls" });
    await session.join(leg.id, (await session.sourceLeg({ kind: "echo" })).id);
    const answered = await leg.answer(bodyText(call.invite) ?? "");
    if (answered.ok) call.answer(sdpBody(answered.value));
    else call.reject(488);
  };
  const agent = userAgent({
    transports: [
      tlsTransport({ bind: { address: trunkHost, port: 5061 }, identity, authorities: [identity.certificate] }),
      tcpTransport({ bind: { address: trunkHost, port: 5062 } }),
    ],
    user: { onCall: (call) => void answer(call), onRequest: (request) => request.respond(200) },
  });
  await agent.listen();
  onTestFinished(() => agent.close());
  return { agent, relay, invites };
}

async function pbxWith(transport: string) {
  const usual = getCACertificates("default");
  setDefaultCACertificates([...usual, identity.certificate]);
  onTestFinished(() => setDefaultCACertificates(usual));
  const parts = { clock: systemClock, network: systemDatagrams, random: systemRandom };
  const pbx = await openPbx(configOf(transport), {
    ...parts,
    relay: relayAt(pbxHost),
    wallClock: () => Date.now(),
    resolve: async ({ host, transport }) => ({
      addresses: [{ address: host, port: transport === "tls" ? 5061 : 5062 }],
      keepMs: 3_600_000,
    }),
    bindings: memoryBindings(),
    node: "n1",
    history: memoryHistory(),
    budgets: memoryBudgets(),
    announcement: pcmuAnnouncement(new Uint8Array(160)),
    log: pino({ level: "silent" }),
    version: "0.0.0",
    mode: "trunk",
  });
  onTestFinished(() => pbx.close());
  const phone = new Phone(phoneHost, { address: pbxHost, port: 5060 }, parts);
  await phone.open();
  onTestFinished(() => phone.close());
  return { pbx, phone };
}

const encrypted = "transport: tls, srtp: true";

test("a call over TLS with keys in the SDP: every frame comes back from the far end as it was said", async () => {
  const far = await farEnd();
  const { pbx, phone } = await pbxWith(encrypted);
  await vi.waitFor(async () =>
    expect((await pbx.operations.trunk()).targets).toMatchObject([{ port: 5061, healthy: true }]),
  );
  phone.dial("+12025550123");
  await phone.answering;
  await phone.talk(50);
  await vi.waitFor(() => expect(phone.heard).toEqual(phone.spoken));
  expect(phone.spoken).toHaveLength(50);
  expect(far.invites[0]).toMatch(/^tls [\s\S]*RTP\/SAVP 0 101\r\n[\s\S]*a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:/);
  phone.hangUp();
  await vi.waitFor(async () => expect((await pbx.operations.history({ limit: 1 }))[0]?.ending.code).toBe("hung-up"));
  await vi.waitFor(async () => expect(await far.relay.counters()).toMatchObject({ sessions: 0, ports: 0 }));
});

test("a call over TCP where the trunk is configured so: no INVITE goes over UDP", async () => {
  const far = await farEnd();
  const { pbx, phone } = await pbxWith("transport: tcp");
  phone.dial("+12025550123");
  await phone.answering;
  await phone.talk(50);
  await vi.waitFor(() => expect(phone.heard).toEqual(phone.spoken));
  expect(far.invites[0]).toMatch(/^tcp [\s\S]*RTP\/AVP 0 101\r\n/);
  phone.hangUp();
  await vi.waitFor(async () => expect((await pbx.operations.history({ limit: 1 }))[0]?.ending.code).toBe("hung-up"));
});

test("a call from the encrypted trunk rings the phone, in clear behind us; one without keys is refused with 488", async () => {
  const far = await farEnd();
  const { phone } = await pbxWith(encrypted);
  phone.behave({ kind: "answers", afterMs: 50 });
  const place = async (isEncrypted: boolean): Promise<number> => {
    const session = await far.relay.open({});
    onTestFinished(() => session.close());
    const leg = await plainMediaLeg(session, {
      bind: trunkHost,
      shown: trunkHost,
      sessionId: "2",
      encrypted: isEncrypted,
    });
    await session.join(leg.id, (await session.sourceLeg({ kind: "echo" })).id);
    const offer = await leg.offer();
    return new Promise((resolve) => {
      const call = far.agent.call({
        uri: `sip:+12025550100@${pbxHost}:5061`,
        from: `<sip:+12025550123@${trunkHost}>`,
        to: `<sip:+12025550100@${pbxHost}>`,
        destination: { transport: "tls", address: pbxHost, port: 5061, host: pbxHost },
        body: sdpBody(offer),
        user: {
          ...{ onOffer: () => {}, onRequest: () => {}, onAnswer: () => {}, onRinging: () => {} },
          onAnswered: ({ status }, sdp) => void leg.accept(sdp ?? "").then(() => resolve(status)),
          onEnded: (end) => resolve(end.cause === "rejected" ? end.response.status : 0),
        },
      });
      onTestFinished(() => call.hangUp());
    });
  };
  expect(await place(false)).toBe(488);
  expect(await place(true)).toBe(200);
  await phone.talk(50);
  await vi.waitFor(() => expect(phone.heard).toEqual(phone.spoken));
});
