import type { LegStatistics, SrtpProfile } from "@trunkline/media-relay";
import { afterAll, beforeAll, expect, type TestContext, test, vi } from "vitest";
import { goldenSound } from "../harness/audio/golden.ts";
import type { Sound } from "../harness/audio/sound.ts";
import { expectWhole } from "../harness/audio/whole.ts";
import { testNetwork } from "../harness/network.ts";
import { Baresip } from "../harness/phones/baresip.ts";
import { Linphonec } from "../harness/phones/linphonec.ts";
import type { Phone } from "../harness/phones/phone.ts";
import { type Bridge, openBridge } from "./peers/bridge.ts";
import type { BridgedCall, Digit } from "./peers/bridged-call.ts";
import type { Subscriber } from "./peers/subscriber.ts";

const phones = { baresip: Baresip, linphonec: Linphonec } as const;
/** A phone of one of the calls; `at` tells them all apart. */
type Party = { readonly kind: keyof typeof phones; readonly profile: SrtpProfile | undefined; readonly at: number };

const [sha80, sha32, gcm] = ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_128_GCM"] as const;
const parties = (
  [
    ["baresip", undefined, "baresip", gcm],
    ["baresip", sha80, "linphonec", undefined],
    ["linphonec", undefined, "baresip", undefined],
    ["linphonec", sha80, "baresip", sha32],
    ["linphonec", undefined, "linphonec", sha32],
  ] as const
).map(([calling, itsProfile, called, profile], at): readonly [Party, Party] => [
  { kind: calling, profile: itsProfile, at: 2 * at },
  { kind: called, profile, at: 2 * at + 1 },
]);

/** What is measured of a call, before any key. */
const measuredMs = 5800;
const network = testNetwork();
const nameOf = ({ at }: Party): string => `phone${at}`;
const addressOf = ({ at }: Party): string => `${network}.${10 + at}`;
const soundOf = ({ at }: Party): Sound => goldenSound(40, at);
const described = ({ kind, profile }: Party): string => `${kind} (${profile ?? "in clear"})`;

/** baresip shows its own address and sends its media from whichever the system chooses. */
const subscriberOf = (party: Party): Subscriber => ({
  name: nameOf(party),
  address: addressOf(party),
  ...(party.profile && { profile: party.profile }),
  ...(party.kind === "baresip" && { speaksFrom: "127.0.0.1" }),
});

/** What phones may send that a relay refuses: media before the call is up, STUN, reports in clear on an encrypted leg, copies. */
const mayBeRefused = [
  "not-connected",
  "peer-not-connected",
  "not-rtp-version-2",
  "rtcp-malformed",
  "not-authentic",
  "duplicate",
];

let bridge: Bridge;
beforeAll(async () => {
  bridge = await openBridge(`${network}.1`, parties.flat().map(subscriberOf));
});
afterAll(async () => {
  const { refused, ...left } = await bridge.relay.counters();
  expect(left).toMatchObject({ sessions: 0, legs: 0, ports: 0, timers: 0 });
  expect(Object.keys(refused).filter((reason) => !mayBeRefused.includes(reason))).toEqual([]);
  expect(bridge.agent.counters().live).toMatchObject({ dialogs: 0, calls: 0 });
  await bridge.close();
});

async function start(party: Party, { onTestFinished }: TestContext): Promise<Phone> {
  const phone: Phone = new phones[party.kind]({
    name: nameOf(party),
    address: addressOf(party),
    says: soundOf(party),
    encrypted: party.profile !== undefined,
  });
  onTestFinished(() => phone.abandon());
  await phone.ready;
  return phone;
}

const until = (expectation: () => void): Promise<void> => vi.waitFor(expectation, { timeout: 25_000, interval: 20 });

/** Both have said something for more than six seconds. */
const talked = ({ packets }: BridgedCall): Promise<void> =>
  until(() => expect(Math.min(packets.caller, packets.called)).toBeGreaterThan(310));

/** Presses every key, each when the relay has told of the one before. */
async function pressAll(phone: Phone, told: readonly Digit[]): Promise<void> {
  for (const [index, key] of [...phone.keys].entries()) {
    phone.press(key);
    await until(() => expect(told.length).toBeGreaterThan(index));
  }
}

function expectKeys(told: readonly Digit[], { keys, pressMs }: Phone, hearer: Phone): void {
  expect(told).toEqual([...keys].map((key) => ({ key, durationMs: pressMs })));
  expect(hearer.heardKeys.join("")).toBe(keys);
}

/** Nothing was lost, on the way out by the peer's reports; with _32 these phones' reports cannot be read (README of media-relay). */
function expectNoLoss({ received, sent }: LegStatistics, { profile }: Party): void {
  expect(received).toMatchObject({ lost: 0, late: 0 });
  if (profile !== sha32) expect(sent.peer).toMatchObject({ lost: 0 });
}

test.concurrent.for(
  parties.map(([calling, called]) => [described(calling), described(called), calling, called] as const),
)(
  "%s calls %s: no slip and no bad 20 ms in what each hears, and every key is told and heard once",
  async ([, , calling, called], context) => {
    const [caller, callee] = await Promise.all([start(calling, context), start(called, context)]);
    const established = bridge.callTo(callee.name);
    caller.dial(bridge.uriOf(callee.name));
    const call = await established;
    await talked(call);
    const { digits } = call;
    await Promise.all([pressAll(caller, digits.caller), pressAll(callee, digits.called)]);
    await until(() => {
      expect(callee.heardKeys.length).toBeGreaterThanOrEqual(caller.keys.length);
      expect(caller.heardKeys.length).toBeGreaterThanOrEqual(callee.keys.length);
    });
    caller.hangUp();
    const last = await call.over;
    const [heardByCaller, heardByCallee] = await Promise.all([caller.stop(), callee.stop()]);
    expectWhole(heardByCallee, soundOf(calling), measuredMs);
    expectWhole(heardByCaller, soundOf(called), measuredMs);
    expectKeys(digits.caller, caller, callee);
    expectKeys(digits.called, callee, caller);
    expectNoLoss(last.caller, calling);
    expectNoLoss(last.called, called);
  },
);
