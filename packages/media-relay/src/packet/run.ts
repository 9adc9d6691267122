import { rtp } from "./rtp.ts";
import { seqDelta } from "./sequence.ts";

/** RFC 3550 appendix A.1, MAX_DROPOUT: a jump of more than a minute of packets is a new beginning. */
const maxDropout = 3000;

/** One uninterrupted row of sequence numbers of one source. */
export type Run = { ssrc: number; seq: number };

/** Whether the packet goes on with the run, late and lost packets allowed. */
export const continuesRun = (run: Run, packet: Uint8Array): boolean =>
  rtp.ssrc(packet) === run.ssrc && Math.abs(seqDelta(run.seq, rtp.seq(packet))) < maxDropout;
