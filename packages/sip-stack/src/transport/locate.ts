import { isIP } from "node:net";
import { plainAddress } from "../kernel/plain-address.ts";
import { fraction, type RandomBytes } from "../kernel/random.ts";
import { isHost } from "../message/host.ts";
import type { TransportKind } from "./address.ts";
import type { Place } from "./place.ts";
import type { NaptrRecord, Resolver } from "./resolver.ts";
import { inSrvOrder } from "./srv-order.ts";
import type { Remote } from "./transport.ts";

/** One address that a request may be sent to. */
export type Located = Remote & { readonly transport: TransportKind };

/** What locating works with. `transports`: those that there are, the preferred first; `families`: of their addresses. */
export type LocateOptions = {
  readonly resolver: Resolver;
  readonly random: RandomBytes;
  readonly transports: readonly TransportKind[];
  readonly families: readonly (4 | 6)[];
};

type Service = { readonly transport: TransportKind; readonly name: string };

const maxPlaces = 16;
const maxRecords = 32;
const services = new Map<string, TransportKind>(
  Object.entries({ "SIP+D2U": "udp", "SIP+D2T": "tcp", "SIPS+D2T": "tls" }),
);
const prefixes: Partial<Record<TransportKind, string>> = { udp: "_sip._udp.", tcp: "_sip._tcp.", tls: "_sips._tcp." };

/**
 * Where a request to this place may be sent, RFC 3263 section 4, the best first, each looked up only when it is asked
 * for, 16 at most. A TLS peer must prove the name that the place has, not one that DNS gave (RFC 3263 section 4.1).
 */
export async function* locate(place: Place, options: LocateOptions): AsyncGenerator<Located> {
  const seen = new Set<string>();
  for await (const located of candidates(place, options)) {
    const key = `${located.transport} ${located.address} ${located.port}`;
    if (seen.has(key)) continue;
    seen.add(key);
    yield located;
    if (seen.size === maxPlaces) return;
  }
}

async function* candidates(place: Place, options: LocateOptions): AsyncGenerator<Located> {
  const host = place.host.replace(/^\[|\]$/g, "");
  const usual = usualTransport(place, options.transports);
  if (usual === undefined) return;
  if (isIP(host) !== 0)
    yield { transport: usual, address: plainAddress(host), port: place.port ?? usualPort(usual), host };
  else if (!isHost(host)) return;
  else if (place.port !== undefined) yield* atName(usual, host, place.port, host, options);
  else yield* atServices(place, host, usual, options);
}

async function* atServices(
  place: Place,
  host: string,
  usual: TransportKind,
  options: LocateOptions,
): AsyncGenerator<Located> {
  let isService = false;
  for (const { transport, name } of await servicesOf(place, host, options)) {
    const { records } = await options.resolver.srv(name);
    isService ||= records.length > 0;
    for (const { target, port } of inSrvOrder(records.slice(0, maxRecords), () => fraction(options.random))) {
      if (isHost(target) && port > 0) yield* atName(transport, target, port, host, options);
    }
  }
  if (!isService) yield* atName(usual, host, usualPort(usual), host, options);
}

async function* atName(
  transport: TransportKind,
  name: string,
  port: number,
  host: string,
  { resolver, families }: LocateOptions,
): AsyncGenerator<Located> {
  for (const family of families) {
    const { records } = await resolver.addresses(name, family);
    for (const address of records) if (isIP(address) === family) yield { transport, address, port, host };
  }
}

/** RFC 3263 section 4.1: what NAPTR says, without it the SRV names of every transport that may be used. */
async function servicesOf(place: Place, host: string, options: LocateOptions): Promise<Service[]> {
  const usable = usableTransports(place, options.transports);
  if (place.transport !== undefined) return usable.map((transport) => serviceAt(transport, host));
  const { records } = await options.resolver.naptr(host);
  const named = records.slice(0, maxRecords).toSorted(byOrder).flatMap(serviceOf);
  const known = named.filter(({ transport }) => usable.includes(transport));
  return known.length > 0 ? known : usable.map((transport) => serviceAt(transport, host));
}

function byOrder(one: NaptrRecord, other: NaptrRecord): number {
  return one.order - other.order || one.preference - other.preference;
}

function serviceOf({ flags, service, replacement }: NaptrRecord): Service[] {
  const transport = services.get(service.toUpperCase());
  const isUsable = transport !== undefined && flags.toLowerCase() === "s" && isHost(replacement);
  return isUsable ? [{ transport, name: replacement }] : [];
}

function serviceAt(transport: TransportKind, host: string): Service {
  return { transport, name: `${prefixes[transport]}${host}` };
}

function usableTransports({ secure, transport }: Place, transports: readonly TransportKind[]): TransportKind[] {
  return transports.filter(
    (kind) => prefixes[kind] !== undefined && (secure !== true || kind === "tls") && (transport ?? kind) === kind,
  );
}

/** The transport where DNS has no say: UDP, for `sips` TLS. */
function usualTransport(place: Place, transports: readonly TransportKind[]): TransportKind | undefined {
  const usable = usableTransports(place, transports);
  return usable.find((kind) => kind === "udp") ?? usable[0];
}

function usualPort(transport: TransportKind): number {
  return transport === "tls" ? 5061 : 5060;
}
