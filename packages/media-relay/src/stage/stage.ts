import type { RefusalReason, Tally } from "../kernel/refusals.ts";

/** Takes one packet, which it may edit where it lies. */
export type Sink = (packet: Uint8Array) => void;

/** One concern of a packet's way: bound once per stream, then only called. */
export type Stage = (next: Sink) => Sink;

/** The stages in order, ending in `end`. */
export const pipeline = (stages: readonly Stage[], end: Sink): Sink =>
  stages.reduceRight((next, stage) => stage(next), end);

/** The end of a way that leads nowhere, or a stage that lets nothing through: each packet is counted. */
export const refuse =
  (tally: Tally, reason: RefusalReason): Sink =>
  () =>
    tally.refuse(reason);
