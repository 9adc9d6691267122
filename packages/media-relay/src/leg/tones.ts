import type { Tone } from "./tone.ts";

/** Tones by name: `sourceLeg({ kind: "tone", ...tones["ringback-us"] })`. */
export const tones = {
  /** It rings, as in North America. */
  "ringback-us": { hz: [440, 480], cadenceMs: [2000, 4000], levelDbm0: -19 },
  /** It rings, as in the United Kingdom. */
  "ringback-uk": { hz: [400, 450], cadenceMs: [400, 200, 400, 2000], levelDbm0: -19 },
  /** It rings, as in most of Europe. */
  "ringback-eu": { hz: [425], cadenceMs: [1000, 4000], levelDbm0: -16 },
  /** You are on hold: two short tones every five seconds. */
  hold: { hz: [400], cadenceMs: [200, 200, 200, 4400], levelDbm0: -24 },
  /** The other party is away for a moment, and the call is still there: a soft tick every two seconds. */
  comfort: { hz: [425], cadenceMs: [100, 1900], levelDbm0: -30 },
} as const satisfies Readonly<Record<string, Tone>>;

/** The name of a tone. */
export type ToneName = keyof typeof tones;
