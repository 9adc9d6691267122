import type { Tally } from "../kernel/refusals.ts";
import { comfortNoise, inner, type PayloadTypes } from "../packet/payload-types.ts";
import { rtp } from "../packet/rtp.ts";
import { telephoneEvent } from "../packet/telephone-event.ts";
import type { Sink, Stage } from "./stage.ts";

/**
 * Lets in the agreed payload types and translates them to the inner ones (day-one rows 9 and 14). Comfort noise comes in
 * too, agreed or not: it has a number in the source's row, which would otherwise look lost.
 */
export const fromAgreed =
  (agreed: PayloadTypes, tally: Tally): Stage =>
  (next) =>
  (packet) => {
    const type = rtp.payloadType(packet);
    if (type === agreed.pcmu) {
      rtp.setPayloadType(packet, inner.pcmu);
      next(packet);
    } else if (type === agreed.telephoneEvent) {
      if (!telephoneEvent.isWhole(packet)) return tally.refuse("malformed");
      rtp.setPayloadType(packet, inner.telephoneEvent);
      next(packet);
    } else if (type === comfortNoise) next(packet);
    else tally.refuse("unknown-payload-type");
  };

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
      tally.refuse(type === comfortNoise ? "comfort-noise" : "telephone-event-not-agreed");
    }
  };
