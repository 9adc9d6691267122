import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Resolve } from "./target.ts";

/** The system's resolver, IPv4 addresses only: Voice Connectors and their media are IPv4. */
export const systemResolve: Resolve = async (host) => {
  if (isIP(host) !== 0) return [host];
  const found = await lookup(host, { all: true, family: 4 });
  return found.map(({ address }) => address);
};
