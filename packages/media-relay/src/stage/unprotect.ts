import type { Tally } from "../kernel/refusals.ts";
import type { Stage } from "./stage.ts";

/** Opens what is protected; `open` gives nothing for what is not authentic. */
export const unprotect =
  (open: (packet: Uint8Array) => Uint8Array | undefined, tally: Tally): Stage =>
  (next) =>
  (packet) => {
    const opened = open(packet);
    if (opened === undefined) tally.refuse("not-authentic");
    else next(opened);
  };
