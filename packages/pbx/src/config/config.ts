import { type Cidr, type HostPort, isWildcard } from "../domain/address.ts";
import type { E164, UserName } from "../domain/names.ts";
import type { OwnedNumber, User } from "../domain/user.ts";
import type { ConfigFile } from "./schema.ts";

/** The configuration as the server uses it: read once, every default filled in. */
export type Config = {
  readonly sip: { readonly udp: HostPort; readonly publicAddress: string };
  readonly trunk: TrunkConfig;
  readonly numbers: ReadonlyMap<E164, OwnedNumber>;
  readonly users: ReadonlyMap<UserName, User>;
  readonly calling: CallingConfig;
  readonly media: {
    readonly trunkPorts: readonly [number, number];
    readonly browserPorts: readonly [number, number];
    readonly workers: "auto" | number;
    /** The addresses that browsers are offered, best first. */
    readonly browserHosts: readonly string[];
    /** The local address of the browsers' sound where it is not one of those offered: behind a 1:1 NAT. */
    readonly browserBind?: string;
    /** How long a talking side may send nothing at all before the call ends. */
    readonly silenceSeconds: number;
  };
  readonly http: { readonly bind: HostPort; readonly publicUrl?: string; readonly localUser?: UserName };
  readonly admin: { readonly socket: string };
  readonly log: { readonly level: "trace" | "debug" | "info" | "warn" | "error" };
};

export type TrunkConfig = {
  readonly host: string;
  readonly port: number;
  readonly transport: "udp";
  readonly allow: readonly Cidr[];
  readonly optionsSeconds: number;
};

export type CallingConfig = {
  readonly country: string;
  readonly allow: readonly string[];
  readonly maxCalls: number;
  readonly maxCallsPerUser: number;
};

/** A fault of the file: where it is by keys, and what is wrong in words. */
export type Fault = { readonly path: readonly PropertyKey[]; readonly why: string };

/** What must hold between keys, beyond each key's own form; sections that are missing are not judged. */
export function crossFaults(file: Partial<ConfigFile>): readonly Fault[] {
  return [...publicAddressFaults(file), ...numberFaults(file), ...userFaults(file), ...listenerFaults(file)];
}

type Sections = Partial<ConfigFile>;

function publicAddressFaults({ sip }: Sections): readonly Fault[] {
  if (sip === undefined || !isWildcard(sip.udp.address) || sip.publicAddress !== undefined) return [];
  return [{ path: ["sip", "udp"], why: "binds every address: sip.publicAddress must say which one others reach" }];
}

function numberFaults({ numbers, users }: Sections): readonly Fault[] {
  if (numbers === undefined) return [];
  if (Object.keys(numbers).length === 0) return [{ path: ["numbers"], why: "must name at least one number" }];
  return Object.entries(numbers).flatMap(([number, { ring }]) =>
    ring.flatMap((name, at) =>
      users === undefined || Object.hasOwn(users, name)
        ? []
        : [{ path: ["numbers", number, "ring", at], why: noSuchUser(name) }],
    ),
  );
}

const noSuchUser = (name: string): string => `there is no user "${name}"`;

function userFaults({ numbers, users, trunk }: Sections): readonly Fault[] {
  if (users === undefined) return [];
  if (Object.keys(users).length === 0) return [{ path: ["users"], why: "must name at least one user" }];
  return Object.entries(users).flatMap(([name, { callerId, contact }]) => [
    ...(numbers === undefined || Object.hasOwn(numbers, callerId)
      ? []
      : [{ path: ["users", name, "callerId"], why: `${callerId} is not one of numbers: the trunk would refuse it` }]),
    ...(contact !== undefined && trunk?.allow.some((range) => range.contains(contact.address)) === true
      ? [{ path: ["users", name, "contact"], why: "lies inside trunk.allow: it could not be told from the trunk" }]
      : []),
  ]);
}

function listenerFaults({ http, users }: Sections): readonly Fault[] {
  const { localUser, bind } = http ?? {};
  if (localUser === undefined) return [];
  if (users !== undefined && !Object.hasOwn(users, localUser))
    return [{ path: ["http", "localUser"], why: noSuchUser(localUser) }];
  return bind?.address === "127.0.0.1" || bind?.address === "::1"
    ? []
    : [{ path: ["http", "localUser"], why: "needs no sign-in, so http.bind must be 127.0.0.1 or [::1]" }];
}

/** Who may be called when nothing is said: one's own country, and Canada with the United States, whose numbering plan it shares. */
const countriesAround = (country: string): readonly string[] => (country === "US" ? ["US", "CA"] : [country]);

/** The configuration that a faultless file means. */
export function configOf(file: ConfigFile): Config {
  const publicAddress = file.sip.publicAddress ?? file.sip.udp.address;
  const { publicUrl, localUser, bind } = file.http;
  return {
    sip: { udp: file.sip.udp, publicAddress },
    trunk: file.trunk,
    numbers: new Map(
      Object.entries(file.numbers).map(([number, owned]) => [number as E164, { number: number as E164, ...owned }]),
    ),
    users: new Map(
      Object.entries(file.users).map(([name, user]) => [name as UserName, userOf(name as UserName, user)]),
    ),
    calling: { ...file.calling, allow: file.calling.allow ?? countriesAround(file.calling.country) },
    media: {
      trunkPorts: file.media.trunkPorts,
      browserPorts: file.media.browserPorts,
      workers: file.media.workers,
      browserHosts: [file.media.publicAddress ?? publicAddress],
      browserBind: file.sip.udp.address,
      silenceSeconds: file.media.silenceSeconds,
    },
    http: { bind, ...(publicUrl !== undefined && { publicUrl }), ...(localUser !== undefined && { localUser }) },
    admin: file.admin,
    log: file.log,
  };
}

const userOf = (name: UserName, { name: displayName, callerId, contact }: ConfigFile["users"][UserName]): User => ({
  name,
  displayName: displayName ?? name,
  callerId,
  ...(contact !== undefined && { contact }),
});
