import { rtpHeaderBytes } from "./rtp.ts";

/**
 * A telephone-event payload read where it lies in a packet with a 12-octet header, RFC 4733 section 2.3.
 *
 * |     event     |E|R| volume    |          duration             |
 */
export const telephoneEvent = {
  event: (p: Uint8Array): number => p[rtpHeaderBytes]!,
  isEnd: (p: Uint8Array): boolean => (p[rtpHeaderBytes + 1]! & 0x80) !== 0,
  levelDbm0: (p: Uint8Array): number => 0 - (p[rtpHeaderBytes + 1]! & 0x3f),
  durationTicks: (p: Uint8Array): number => (p[rtpHeaderBytes + 2]! << 8) | p[rtpHeaderBytes + 3]!,
  isWhole: (p: Uint8Array): boolean => p.length >= rtpHeaderBytes + 4,
} as const;

/** Changes the duration where it is, below 65536 ticks. */
export function setDurationTicks(p: Uint8Array, ticks: number): void {
  p[rtpHeaderBytes + 2] = ticks >>> 8;
  p[rtpHeaderBytes + 3] = ticks;
}

/** The sixteen DTMF keys in the order of their event codes, RFC 4733 section 3.2. */
const keys = "0123456789*#ABCD";

/** The key of an event code; `undefined` for events that are no key. */
export const digitOf = (event: number): string | undefined => keys[event];

/** The event code of a key; -1 when there is none. */
export const eventOf = (digit: string): number => keys.indexOf(digit);

/** A payload of four octets. `levelDbm0` is negative or zero; durations above 65535 ticks do not fit. */
export function makeTelephoneEvent(event: number, durationTicks: number, isEnd: boolean, levelDbm0 = -10): Uint8Array {
  const ticks = Math.min(durationTicks, 0xffff);
  return Uint8Array.of(event, (isEnd ? 0x80 : 0) | (-levelDbm0 & 0x3f), ticks >>> 8, ticks & 0xff);
}
