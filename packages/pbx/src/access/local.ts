import { isLoopback, isLoopbackUrl } from "../domain/address.ts";
import type { User } from "../domain/user.ts";
import type { Access, RequestHeaders } from "./gate.ts";

/** What proxies add: with one of these the sender's address is not the person's. */
const proxyHeaders = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/**
 * Loopback mode's way in: everyone on this machine is the one given user. A request counts as from this machine when its
 * sender's address, its Host and, where it has one, its Origin are loopback and no proxy has touched it: a proxy on
 * this machine would otherwise make the whole world local.
 */
export function localAccess(user: User): Access {
  return {
    sessionOf: async ({ headers, remoteAddress }) =>
      isLoopback(remoteAddress) && asksForThisMachine(headers) && !proxied(headers) ? { user } : undefined,
  };
}

const proxied = (headers: RequestHeaders): boolean => proxyHeaders.some((name) => headers[name] !== undefined);

const asksForThisMachine = ({ host, origin }: RequestHeaders): boolean =>
  isLoopbackUrl(`http://${host}`) && (origin === undefined || isLoopbackUrl(String(origin)));
