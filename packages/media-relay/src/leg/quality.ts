/** What a listener would say of a stream: the E-model's rating R (0 to 93.2) and the mean opinion score (1 to 4.41). */
export type Quality = { readonly r: number; readonly mos: number };

/** What a listener does about losses: nothing, or conceals them as ITU-T G.711 appendix I does. */
export type Concealment = "none" | "g711AppendixI";

/** What a rating is computed from. `lossFraction` 0 to 1; `oneWayMs` from mouth to ear. */
export type Impairments = {
  readonly lossFraction: number;
  readonly oneWayMs: number;
  readonly concealment: Concealment;
};

/** Ro - Is with the default values of ITU-T G.107 section 7.7: a connection without delay, codec or loss. */
const unimpaired = 93.2;
/** Ie: G.711 itself takes nothing away (ITU-T G.113 table I.1). */
const ie = 0;
/** Bpl: what G.711 bears of random loss, in per cent (ITU-T G.113 table I.2). */
const bpl: { readonly [C in Concealment]: number } = { none: 4.3, g711AppendixI: 25.1 };
/** BurstR: 1 where losses are taken to be independent of each other. */
const burstR = 1;
/** Delays up to this do not disturb a conversation (ITU-T G.107 section 7.4). */
const unnoticedMs = 100;

/** A frame is only whole, and sent, when its last sample was spoken. */
const frameMs = 20;
/** What a jitter buffer holds back: at least this, or so many times the jitter. An assumption: no peer tells. */
const leastBufferMs = 40;
const buffersOfJitter = 2;

/**
 * Mouth to ear: a frame, half the round trip, and the jitter buffer that is assumed at the listener. Milliseconds.
 * @param roundTripMs between the two peers: the relay's round trips to both
 */
export const oneWayMs = (roundTripMs: number, jitterMs: number): number =>
  frameMs + roundTripMs / 2 + Math.max(leastBufferMs, buffersOfJitter * jitterMs);

/**
 * The E-model of ITU-T G.107 (2015) with its default values for all that a relay cannot know (rooms, loudness, echo), so that
 * R = 93.2 - Id - Ie,eff.
 */
export function qualityOf(impairments: Impairments): Quality {
  const r = Math.max(0, unimpaired - delayImpairment(impairments.oneWayMs) - lossImpairment(impairments));
  return { r, mos: mosOf(r) };
}

/** Idd, ITU-T G.107 section 7.4: too long a delay, without echo. */
function delayImpairment(delayMs: number): number {
  if (delayMs <= unnoticedMs) return 0;
  const x = Math.log2(delayMs / unnoticedMs);
  return 25 * ((1 + x ** 6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2);
}

/** Ie,eff, ITU-T G.107 section 7.5. */
function lossImpairment({ lossFraction, concealment }: Impairments): number {
  const ppl = 100 * lossFraction;
  return ie + ((95 - ie) * ppl) / (ppl / burstR + bpl[concealment]);
}

/** ITU-T G.107 annex B. The polynomial dips below 1 for the worst of ratings. */
const mosOf = (r: number): number =>
  r <= 0 ? 1 : Math.max(1, Math.min(4.5, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6));
