import type { Tally } from "../kernel/refusals.ts";
import { inner } from "../packet/payload-types.ts";
import { rtp } from "../packet/rtp.ts";
import { ArrivingRun, elsewhere } from "../packet/run.ts";
import { seqAdd } from "../packet/sequence.ts";
import type { Sink, Stage } from "./stage.ts";

/**
 * Stays with the source that speaks until another has proved itself by two packets in sequence (RFC 3550 appendix A.1), so
 * that stray packets never reach the listener. The first of the two is held and passed on with the second: a real change of
 * source loses nothing. The same goes for a source that begins its numbers anew; keep-alives prove nothing.
 */
export const sourceLock =
  (tally: Tally): Stage =>
  (next) => {
    const run = new ArrivingRun();
    let held: Uint8Array | undefined;
    const hold = (packet: Uint8Array | undefined): void => {
      if (held !== undefined) tally.refuse("unproven-source");
      held = packet;
    };
    return (packet) => {
      const step = run.take(packet);
      if (step !== elsewhere) {
        if (step > 0 && held !== undefined && rtp.ssrc(held) === run.ssrc) hold(undefined);
        next(packet);
      } else if (rtp.payloadType(packet) === inner.unheard) {
        return;
      } else if (!run.hasBegun) {
        run.begin(packet);
        next(packet);
      } else if (held !== undefined && proves(held, packet)) {
        run.begin(packet);
        release(held, packet, next);
        held = undefined;
      } else hold(packet);
    };
  };

const proves = (held: Uint8Array, packet: Uint8Array): boolean =>
  rtp.ssrc(held) === rtp.ssrc(packet) && rtp.seq(packet) === seqAdd(rtp.seq(held), 1);

function release(held: Uint8Array, packet: Uint8Array, next: Sink): void {
  next(held);
  next(packet);
}
