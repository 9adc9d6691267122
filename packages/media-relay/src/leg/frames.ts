/** How long a frame of audio lasts. */
export const frameMs = 20;
/** Samples of one frame, at 8000 Hz; as mu-law as many octets. */
export const frameSamples = 160;

/** Gives frame after frame of mu-law octets; `undefined` when there are no more. */
export type Frames = () => Uint8Array | undefined;

/** The frame that begins at an octet of something that is played over and over. */
export const loopedFrame = (octets: Uint8Array, at: number): Uint8Array =>
  at + frameSamples <= octets.length
    ? octets.subarray(at, at + frameSamples)
    : Uint8Array.from({ length: frameSamples }, (_, index) => octets[(at + index) % octets.length]!);
