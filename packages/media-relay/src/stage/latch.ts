import type { Address } from "../kernel/datagrams.ts";
import type { Tally } from "../kernel/refusals.ts";
import type { Sink } from "./stage.ts";

/** What comes from the network: a datagram and who sent it. */
export type Ingress = (bytes: Uint8Array, from: Address) => void;

/** Lets in only what comes from exactly that address and port (day-one row 18). */
export const acceptOnlyFrom =
  (remote: Address, tally: Tally, next: Sink): Ingress =>
  (bytes, from) => {
    if (from.port === remote.port && from.address === remote.address) next(bytes);
    else tally.refuse("wrong-source");
  };

/** Before it is known who may speak: nobody. */
export const acceptNobody =
  (tally: Tally): Ingress =>
  () =>
    tally.refuse("not-connected");
