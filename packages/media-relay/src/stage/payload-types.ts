import type { RefusalReason, Tally } from "../kernel/refusals.ts";
import { comfortNoise, inner, type PayloadTypes } from "../packet/payload-types.ts";
import { rtp } from "../packet/rtp.ts";
import { telephoneEvent } from "../packet/telephone-event.ts";
import type { Stage } from "./stage.ts";

/** Lets in the agreed payload types and translates them to the inner ones (day-one rows 9 and 14). */
export const fromAgreed =
  (agreed: PayloadTypes, tally: Tally): Stage =>
  (next) =>
  (packet) => {
    const type = innerTypeOf(agreed, packet);
    if (typeof type === "number") {
      rtp.setPayloadType(packet, type);
      next(packet);
    } else tally.refuse(type);
  };

function innerTypeOf(agreed: PayloadTypes, packet: Uint8Array): number | RefusalReason {
  const type = rtp.payloadType(packet);
  if (type === agreed.pcmu) return inner.pcmu;
  if (type === agreed.telephoneEvent) return telephoneEvent.isWhole(packet) ? inner.telephoneEvent : "malformed";
  return type === comfortNoise ? "comfort-noise" : "unknown-payload-type";
}

/** Translates the inner payload types to what this leg's peer agreed to receive. */
export const toAgreed =
  (agreed: PayloadTypes, tally: Tally): Stage =>
  (next) =>
  (packet) => {
    const type = rtp.payloadType(packet) === inner.pcmu ? agreed.pcmu : agreed.telephoneEvent;
    if (type === undefined) tally.refuse("telephone-event-not-agreed");
    else {
      rtp.setPayloadType(packet, type);
      next(packet);
    }
  };
