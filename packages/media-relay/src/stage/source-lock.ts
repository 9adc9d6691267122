import type { Tally } from "../kernel/refusals.ts";
import { rtp } from "../packet/rtp.ts";
import { elsewhere, Run } from "../packet/run.ts";
import { seqAdd } from "../packet/sequence.ts";
import type { Sink, Stage } from "./stage.ts";

/**
 * Stays with the source that speaks until another has proved itself by two packets in sequence (RFC 3550 appendix A.1), so
 * that stray packets never reach the listener. The first of the two is held and passed on with the second: a real change of
 * source loses nothing.
 */
export const sourceLock =
  (tally: Tally): Stage =>
  (next) => {
    const run = new Run();
    let held: Uint8Array | undefined;
    return (packet) => {
      const step = run.stepTo(packet);
      if (step !== elsewhere) {
        if (step > 0) run.seq = rtp.seq(packet);
        next(packet);
      } else if (!run.hasBegun) {
        run.begin(packet);
        next(packet);
      } else if (held !== undefined && proves(held, packet)) {
        run.begin(packet);
        release(held, packet, next);
        held = undefined;
      } else {
        if (held !== undefined) tally.refuse("unproven-source");
        held = packet;
      }
    };
  };

const proves = (held: Uint8Array, packet: Uint8Array): boolean =>
  rtp.ssrc(held) === rtp.ssrc(packet) && rtp.seq(packet) === seqAdd(rtp.seq(held), 1);

function release(held: Uint8Array, packet: Uint8Array, next: Sink): void {
  next(held);
  next(packet);
}
