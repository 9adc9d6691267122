import { readBrowserSdp } from "./browser-sdp.ts";

/** Says why a browser's offer cannot be answered, with the line; `undefined` when it can. Opens nothing. */
export function browserOfferFault(offer: string): string | undefined {
  const read = readBrowserSdp(offer);
  return read.ok ? undefined : `line ${read.at}: ${read.why}`;
}
