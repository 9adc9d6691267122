import type { Cidr, HostPort } from "../domain/address.ts";
import type { E164, UserName } from "../domain/names.ts";
import type { OwnedNumber, User } from "../domain/user.ts";
import type { ConfigFile } from "./schema.ts";

/** The configuration as the server uses it: read once, every default filled in, every secret fetched. */
export type Config = {
  readonly sip: SipConfig;
  readonly trunk: TrunkConfig;
  readonly numbers: ReadonlyMap<E164, OwnedNumber>;
  readonly users: ReadonlyMap<UserName, User>;
  /** Where SIP phones may register from; empty: nowhere. */
  readonly devices: { readonly allow: readonly Cidr[] };
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
  readonly http: {
    readonly bind: HostPort;
    readonly publicUrl?: string | undefined;
    readonly trustedProxies: readonly Cidr[];
    /** In loopback mode alone: the one user, who needs no sign-in. */
    readonly localUser?: UserName | undefined;
  };
  readonly access: AccessConfig;
  /** Without `bind` there is no listener for monitoring. */
  readonly admin: { readonly bind?: HostPort; readonly socket: string };
  readonly storage: { readonly path: string; readonly historyDays: number };
  readonly log: { readonly level: "trace" | "debug" | "info" | "warn" | "error" };
};

/** Where SIP is bound. `publicAddress`: what others reach us by; `ec2`: the instance's metadata service knows it. */
export type SipConfig = {
  readonly udp: HostPort;
  readonly tcp?: HostPort | undefined;
  /** Certificate chain and key as PEM text. */
  readonly tls?: { readonly bind: HostPort; readonly certificate: string; readonly key: string } | undefined;
  readonly publicAddress: string;
};

/** How people sign in. */
export type AccessConfig = {
  /** How long a browser stays signed in. */
  readonly sessionDays: number;
  /** A provider of OpenID Connect: whom it knows as `users` says is that user here. */
  readonly oidc?:
    | {
        readonly issuer: string;
        readonly clientId: string;
        readonly clientSecret: string;
        /** What its button says: Sign in with ... */
        readonly label: string;
        /** By verified e-mail address in lower case, or by the provider's own name of the user (`sub`). */
        readonly users: Readonly<Record<string, UserName>>;
      }
    | undefined;
};

export type TrunkConfig = {
  readonly host: string;
  /** Without it SRV records tell, or it is the usual one. */
  readonly port?: number | undefined;
  readonly transport: "udp" | "tcp" | "tls";
  /** SDES keys in the trunk's SDP, RTP/SAVP. */
  readonly srtp: boolean;
  readonly allow: readonly Cidr[];
  /** Who is asked for the host's addresses; without them the machine's own DNS servers. */
  readonly nameServers?: readonly string[] | undefined;
  readonly optionsSeconds: number;
  /** Whether the trunk hears of it when its party is put on hold. */
  readonly hold: "local" | "signalled";
  /** What the trunk's challenges are answered with. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
};

export type CallingConfig = {
  /** How national numbers are read. */
  readonly country: string;
  /** Countries that may be dialled. */
  readonly allow: readonly string[];
  /** Kinds of numbers that may be dialled although they cost more. */
  readonly allowPremium: boolean;
  readonly callsPerSecond: number;
  readonly maxCalls: number;
  readonly maxCallsPerUser: number;
  /** The longest call. */
  readonly maxMinutes: number;
  /** The longest that somebody is on hold. */
  readonly maxHoldMinutes: number;
  readonly minutesPerUserPerDay: number;
};

/** Who may be called when nothing is said: one's own country, and Canada with the United States, whose numbering plan it shares. */
const countriesAround = (country: string): readonly string[] => (country === "US" ? ["US", "CA"] : [country]);

/** The configuration that a faultless file means. */
export function configOf(file: ConfigFile): Config {
  const publicAddress = file.sip.publicAddress ?? file.sip.udp.address;
  return {
    sip: { ...file.sip, publicAddress },
    trunk: file.trunk,
    numbers: new Map(
      Object.entries(file.numbers).map(([number, owned]) => [number as E164, { number: number as E164, ...owned }]),
    ),
    users: new Map(
      Object.entries(file.users).map(([name, user]) => [name as UserName, userOf(name as UserName, user)]),
    ),
    devices: file.devices,
    calling: { ...file.calling, allow: file.calling.allow ?? countriesAround(file.calling.country) },
    media: {
      trunkPorts: file.media.trunkPorts,
      browserPorts: file.media.browserPorts,
      workers: file.media.workers,
      browserHosts: [file.media.publicAddress ?? publicAddress],
      browserBind: file.sip.udp.address,
      silenceSeconds: file.media.silenceSeconds,
    },
    http: file.http,
    access: file.access,
    admin: file.admin,
    storage: file.storage,
    log: file.log,
  };
}

const userOf = (name: UserName, { name: displayName, ...user }: ConfigFile["users"][UserName]): User => ({
  name,
  displayName: displayName ?? name,
  ...user,
});
