import { uriIn, userPart } from "../identity/own-names.ts";
import type { Route } from "../routing/route.ts";

/** What a URI dials: its user part, or the whole of a `tel:` one. */
export function dialledIn(text: string): string {
  const uri = uriIn(text);
  return uri.ok ? (userPart(text) ?? "") : text;
}

const outboundRingSeconds = 180;

/** The trunk itself decides how long a number rings; ours is only the bound. */
export const ringSecondsOf = (route: Exclude<Route, { kind: "refused" }>): number =>
  route.kind === "users" ? route.ringSeconds : outboundRingSeconds;
