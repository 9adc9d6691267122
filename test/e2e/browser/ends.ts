import type { BrowserLeg, LegId, MediaSession } from "@trunkline/media-relay";
import { melody } from "../../harness/audio/melody.ts";
import type { Sound } from "../../harness/audio/sound.ts";
import type { Caller, Counts, Frame, Received, TappedFrame } from "../../harness/browser/caller.ts";
import { recordingsOf } from "../../harness/browser/page.ts";
import { FarSound, type SoundPacket } from "../peers/far-sound.ts";
import { type KeyPress, KeyPresses } from "../peers/key-presses.ts";

/** What an end of a call has said and heard so far. */
export type Account = {
  /** The frames of sound that it said, and those that it heard. */
  readonly said: readonly Frame[];
  readonly heard: readonly Frame[];
  /** The keys that it heard. */
  readonly presses: readonly KeyPress[];
};

/** One end of a call over the relay: a page of a browser, or a plain RTP socket. */
export type End = {
  readonly leg: LegId;
  press(keys: string): Promise<void>;
  counts(): Promise<Counts>;
  account(): Promise<Account>;
  received(): Promise<Received>;
  /** What a person there hears; all of it so far. */
  sound(): Promise<Sound>;
  close(): void | Promise<void>;
};

const types = { pcmu: 0, telephoneEvent: 101 };
const isKey = ({ payload }: Frame): boolean => Buffer.from(payload, "base64").length === 4;

function accountOf(frames: readonly TappedFrame[]): Account {
  const sound = frames.filter((frame) => !isKey(frame));
  const presses = new KeyPresses();
  for (const { ticks, payload } of frames.filter(isKey)) presses.hear(ticks, Buffer.from(payload, "base64"));
  return {
    said: sound.filter(({ side }) => side === "sent"),
    heard: sound.filter(({ side }) => side === "heard"),
    presses: presses.all,
  };
}

const negotiate = {
  offers: async (caller: Caller, leg: BrowserLeg) => caller.accept(await leg.answer(await caller.offer())),
  answers: async (caller: Caller, leg: BrowserLeg) => leg.accept(await caller.answer(await leg.offer())),
} as const;

/** Who of a browser and the relay makes the offer. */
export type Role = keyof typeof negotiate;

/** A browser's page as one end. */
export async function browserEnd(session: MediaSession, caller: Caller, role: Role): Promise<End> {
  const leg = await session.browserLeg();
  await negotiate[role](caller, leg);
  return {
    leg: leg.id,
    press: caller.press,
    counts: caller.counts,
    account: async () => accountOf(await caller.frames()),
    received: caller.received,
    sound: async () => (await recordingsOf(caller.page))[0]!,
    close: () => caller.page.close(),
  };
}

const endsOf = (presses: readonly KeyPress[]): number => presses.reduce((sum, { ends }) => sum + ends, 0);

/** How many packets do not carry the number after the one before. */
const missedIn = (seqs: readonly number[]): number =>
  seqs.slice(1).filter((seq, at) => seq !== ((seqs[at]! + 1) & 0xffff)).length;

const framesOf = (packets: readonly SoundPacket[]): readonly Frame[] =>
  packets.map(({ ticks, payload }) => ({ ticks, payload: payload.toString("base64") }));

/** A bare RTP socket as one end, which says the melody. */
export async function plainEnd(session: MediaSession, address: string, levelDbfs: number): Promise<End> {
  const [leg, far] = [await session.plainLeg(), await FarSound.bind(address)];
  const place = { address, rtpPort: far.port, rtcpPort: far.port, rtcpMux: true };
  await leg.connect({ ...place, send: types, receive: types, direction: "sendrecv" });
  far.speak({ remote: { address: leg.local.address, port: leg.local.rtpPort }, ...types }, melody(levelDbfs, 8000));
  return {
    leg: leg.id,
    press: async (keys) => far.press(keys),
    counts: async () => ({ frames: far.seqs.length, keyEnds: endsOf(far.presses) }),
    account: async () => ({ said: framesOf(far.said), heard: framesOf(far.packets), presses: far.presses }),
    received: async () => ({ lost: missedIn(far.seqs), adaptedMs: 0 }),
    sound: async () => far.heard,
    close: () => far.close(),
  };
}
