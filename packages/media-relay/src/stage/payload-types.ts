import type { RefusalReason, Tally } from "../kernel/refusals.ts";
import { comfortNoise, inner, innerTypes, type PayloadTypes } from "../packet/payload-types.ts";
import { isEmpty, rtp } from "../packet/rtp.ts";
import { telephoneEvent } from "../packet/telephone-event.ts";
import type { Sink, Stage } from "./stage.ts";

/**
 * Translates the agreed payload types to the inner ones (day-one rows 9 and 14). Everything else has a number in the source's
 * row too, which would otherwise look lost: it goes on as unheard, and is counted.
 */
export const fromAgreed = (receive: PayloadTypes, send: PayloadTypes, tally: Tally): Stage => {
  const innerOf = innerTypes(receive, send);
  return (next) => (packet) => {
    const type = rtp.payloadType(packet);
    const agreed = innerOf(type);
    if (isEmpty(packet)) unheard(packet, "keep-alive", tally);
    else if (agreed === inner.telephoneEvent && !telephoneEvent.isWhole(packet)) unheard(packet, "malformed", tally);
    else if (agreed !== undefined) rtp.setPayloadType(packet, agreed);
    else if (type !== comfortNoise) unheard(packet, "unknown-payload-type", tally);
    next(packet);
  };
};

function unheard(packet: Uint8Array, why: RefusalReason, tally: Tally): void {
  tally.refuse(why);
  rtp.setPayloadType(packet, inner.unheard);
}

/**
 * Translates the inner payload types to what this leg's peer agreed to receive.
 * @param omit hears of each packet that is not sent, so that the peer's row of numbers has no gap there.
 */
export const toAgreed =
  (agreed: PayloadTypes, tally: Tally, omit: Sink): Stage =>
  (next) =>
  (packet) => {
    const type = rtp.payloadType(packet);
    if (type === inner.pcmu) {
      rtp.setPayloadType(packet, agreed.pcmu);
      next(packet);
    } else if (type === inner.telephoneEvent && agreed.telephoneEvent !== undefined) {
      rtp.setPayloadType(packet, agreed.telephoneEvent);
      next(packet);
    } else {
      omit(packet);
      if (type !== inner.unheard) tally.refuse(type === comfortNoise ? "comfort-noise" : "telephone-event-not-agreed");
    }
  };
