import type { Tally } from "../kernel/refusals.ts";
import { rtp } from "../packet/rtp.ts";
import { continuesRun, type Run } from "../packet/run.ts";
import { seqAdd, seqDelta } from "../packet/sequence.ts";
import type { Sink, Stage } from "./stage.ts";

/**
 * Stays with the source that speaks until another has proved itself by two packets in sequence (RFC 3550 appendix A.1), so
 * that stray packets never reach the listener. The first of the two is held and passed on with the second: a real change of
 * source loses nothing.
 */
export const sourceLock =
  (tally: Tally): Stage =>
  (next) => {
    let run: Run | undefined;
    let held: Uint8Array | undefined;
    return (packet) => {
      if (run === undefined || continuesRun(run, packet)) {
        run = follow(run, packet);
        next(packet);
        return;
      }
      if (held !== undefined && proves(held, packet)) {
        run = startRun(packet);
        release(held, packet, next);
        held = undefined;
        return;
      }
      if (held !== undefined) tally.refuse("unproven-source");
      held = packet;
    };
  };

const startRun = (packet: Uint8Array): Run => ({ ssrc: rtp.ssrc(packet), seq: rtp.seq(packet) });

function follow(run: Run | undefined, packet: Uint8Array): Run {
  if (run === undefined) return startRun(packet);
  if (seqDelta(run.seq, rtp.seq(packet)) > 0) run.seq = rtp.seq(packet);
  return run;
}

const proves = (held: Uint8Array, packet: Uint8Array): boolean =>
  rtp.ssrc(held) === rtp.ssrc(packet) && rtp.seq(packet) === seqAdd(rtp.seq(held), 1);

function release(held: Uint8Array, packet: Uint8Array, next: Sink): void {
  next(held);
  next(packet);
}
