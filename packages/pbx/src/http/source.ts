import type { IncomingMessage } from "node:http";
import proxyAddr from "@fastify/proxy-addr";
import { browserName } from "../access/browser-name.ts";
import type { Visitor } from "../access/live-sessions.ts";
import { type Cidr, liesIn } from "../domain/address.ts";

/** Says whether what an address writes into X-Forwarded-For is to be believed. */
export type Trust = (address: string) => boolean;

export const trustOf =
  (proxies: readonly Cidr[]): Trust =>
  (address) =>
    liesIn(proxies, address);

/** Whose request it is: the sender's address, or what the proxies that we trust say of him. */
export const sourceOf = (request: IncomingMessage, trust: Trust): string => proxyAddr(request, trust);

/** Who sent a request, for the list of sessions and the audit. */
export const visitorOf = (request: { readonly ip: string; readonly headers: IncomingMessage["headers"] }): Visitor => ({
  source: request.ip,
  browser: browserName(request.headers["user-agent"]),
});
