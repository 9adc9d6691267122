import type { Clock } from "../kernel/clock.ts";
import type { Address, DatagramNetwork, DatagramSink } from "../kernel/datagrams.ts";
import { Moment } from "../kernel/moment.ts";
import { systemRandom } from "../kernel/random.ts";
import { Tally } from "../kernel/refusals.ts";
import { makeRtp } from "../packet/rtp.ts";
import { PortPool } from "../socket/port-pool.ts";
import { keyBytes, type SrtpKeys, type SrtpMaster, type SrtpProfile, saltBytes } from "../srtp/keys.ts";
import { type MediaCipher, srtpCipher } from "../srtp/media-cipher.ts";
import { writeRequest } from "../stun/write.ts";
import type { Handshakes, HandshakeUser } from "../webrtc/handshake.ts";
import { BrowserLegCore } from "./browser-leg.ts";
import { EchoLeg } from "./echo-leg.ts";
import type { LegContext, LegId } from "./leg.ts";
import { silenceDefaults } from "./silence.ts";

/** Code that ran so often is compiled; the thread's other work gets its turn after each round. */
const rounds = 20;
const packetsPerRound = 20;

const browser: Address = { address: "127.0.0.1", port: 1 };
const ours = { fragment: "ours", password: "rehearsed" };
const theirs = { fragment: "them", password: "rehearsed" };
const agreed = { payloadTypes: { pcmu: 0 }, direction: "sendrecv" } as const;

/** Time stands still: what is rehearsed is over before it would count. */
const still: Clock = { nowMs: () => 0, after: () => () => {} };
const reports: LegContext["reports"] = {
  onConnected: () => {},
  onInterrupted: () => {},
  onFailed: () => {},
  onDigit: () => {},
  onPlayed: () => {},
  onHeard: () => {},
};

/**
 * A call between a browser and an echo over no network, with each protection profile, before the first call: the first caller
 * waits for nothing to be compiled.
 * @param turn gives the thread's other work its turn.
 */
export async function rehearse(turn: () => Promise<void>): Promise<void> {
  await rehearseWith("AES_CM_128_HMAC_SHA1_80", turn);
  await rehearseWith("AEAD_AES_128_GCM", turn);
}

async function rehearseWith(profile: SrtpProfile, turn: () => Promise<void>): Promise<void> {
  const keys: SrtpKeys = { profile, local: master(profile), remote: master(profile) };
  const context: LegContext = {
    id: "rehearsal" as LegId,
    clock: still,
    moment: new Moment(still),
    random: systemRandom,
    tally: new Tally(),
    policy: { silence: silenceDefaults, concealment: "g711AppendixI" },
    reports,
  };
  const { network, sinks } = nowhere();
  const pool = new PortPool(network, still, { first: 2, last: 3, restMs: 0 }, 0);
  const leg = await BrowserLegCore.open(context, {
    pool,
    hosts: { hosts: [browser.address] },
    handshakes: agreeing(keys),
  });
  await leg.answer("");
  const echo = new EchoLeg(context);
  leg.joinTo(echo.send);
  echo.joinTo(leg.send);
  const says = speaker(srtpCipher({ profile, local: keys.remote, remote: keys.local }));
  for (let round = 0; round < rounds; round += 1) {
    for (const bytes of says(round)) sinks[0]?.onDatagram(bytes, browser);
    await turn();
  }
  await Promise.all([leg.close(), echo.close()]);
}

const master = (profile: SrtpProfile): SrtpMaster => ({
  key: systemRandom(keyBytes),
  salt: systemRandom(saltBytes[profile]),
});

/** A network on which nothing is sent. */
function nowhere(): { readonly network: DatagramNetwork; readonly sinks: readonly DatagramSink[] } {
  const sinks: DatagramSink[] = [];
  const bind: DatagramNetwork["bind"] = async (local, sink) => {
    sinks.push(sink);
    return { local, send: () => {}, close: () => {} };
  };
  return { network: { bind }, sinks };
}

/** A handshake that is through as soon as it is asked. */
function agreeing(keys: SrtpKeys): Handshakes {
  const described = { sdp: "", user: ours };
  const connect = ({ onPath, onKeys }: HandshakeUser): void => {
    onPath({ host: 0, to: browser, ours, theirs, role: "controlled", tieBreaker: 0n });
    onKeys(keys);
  };
  return {
    size: 0,
    open: async (_spec, user) => ({
      receive: () => {},
      offer: async () => described,
      accept: async () => agreed,
      answer: async () => {
        connect(user);
        return { ...described, agreed };
      },
      close: async () => {},
    }),
    close: async () => {},
  };
}

/** What a browser sends in a round: its question for consent, and audio. */
function speaker(cipher: MediaCipher): (round: number) => readonly Uint8Array[] {
  const asked = { username: "ours:them", role: "controlling", tieBreaker: 1n, password: ours.password } as const;
  return (round) => {
    const audio = Array.from({ length: packetsPerRound }, (_, index) => {
      const seq = round * packetsPerRound + index;
      return cipher.protectRtp(makeRtp({ payloadType: 0, seq, timestamp: seq * 160, ssrc: 1 }, new Uint8Array(160)));
    });
    return [writeRequest({ ...asked, transaction: systemRandom(12) }), ...audio];
  };
}
