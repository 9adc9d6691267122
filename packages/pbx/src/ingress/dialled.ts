import { uriIn } from "../registrar/registrar.ts";
import type { Route } from "../routing/route.ts";

/** What a URI dials: its user part, or the whole of a `tel:` one. */
export function dialledIn(text: string): string {
  const uri = uriIn(text);
  return uri.ok ? decoded(uri.value.user ?? "") : text;
}

function decoded(user: string): string {
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

const outboundRingSeconds = 180;

/** The trunk itself decides how long a number rings; ours is only the bound. */
export const ringSecondsOf = (route: Exclude<Route, { kind: "refused" }>): number =>
  route.kind === "users" ? route.ringSeconds : outboundRingSeconds;
