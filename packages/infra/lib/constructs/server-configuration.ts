import { parse, stringify } from "yaml";
import { namedSecrets, type Settings } from "../settings/settings.ts";
import { ports } from "./network.ts";

/** What is known only when it is deployed. */
export type Deployed = {
  readonly connectorHost: string;
  /** In E.164. */
  readonly number: string;
  /** The host's private address. */
  readonly address: string;
  readonly publicUrl: string;
  /** The network that the load balancer asks from. */
  readonly proxies: string;
};

const secret = (file: string): string => `/etc/trunkline/secrets/${file}`;

/** Where `host/install` puts the keys of secrets, by the names that it is told. */
export function secretsOf(settings: Settings): Readonly<Record<string, string>> {
  const { credentials, sipCertificate } = settings;
  return {
    ...(credentials && { trunk: credentials }),
    ...(sipCertificate && { sip: sipCertificate }),
    ...namedSecrets(settings),
  };
}

/** The text of the server's configuration: the operator's own keys over those that are written here; `{number}` in them is the phone number. */
export function serverConfiguration(settings: Settings, deployed: Deployed): string {
  const own = parse((settings.configuration ?? "{}").replaceAll("{number}", deployed.number)) as Keys;
  const merged = merge(generated(settings, deployed), own);
  return stringify(merged, { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "QUOTE_DOUBLE", lineWidth: 0 });
}

type Keys = { readonly [key: string]: unknown };

const isKeys = (value: unknown): value is Keys => typeof value === "object" && value !== null && !Array.isArray(value);

function merge(base: Keys, over: Keys): Keys {
  const merged = Object.entries(over).map(([key, value]) => {
    const under = base[key];
    return [key, isKeys(under) && isKeys(value) ? merge(under, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(merged) };
}

function generated(settings: Settings, { connectorHost, number, address, publicUrl, proxies }: Deployed): Keys {
  const { region, transport, credentials, deviceNetworks, user, userName, callingCountries, callsPerSecond } = settings;
  const isTls = transport === "tls";
  const takesTcp = transport === "tcp" || deviceNetworks.length > 0;
  return {
    version: 1,
    sip: {
      udp: `0.0.0.0:${ports.sip}`,
      ...(takesTcp && { tcp: `0.0.0.0:${ports.sip}` }),
      ...(isTls && {
        tls: {
          bind: `0.0.0.0:${ports.sipTls}`,
          certificate: secret("sip-certificate"),
          key: secret("sip-key"),
        },
      }),
      publicAddress: "ec2",
    },
    trunk: {
      host: connectorHost,
      allow: [region],
      ...(transport !== "udp" && { transport }),
      ...(isTls && { srtp: true }),
      ...(credentials && {
        credentials: { username: { file: secret("trunk-username") }, password: { file: secret("trunk-password") } },
      }),
    },
    numbers: { [number]: { ring: [user] } },
    users: { [user]: { name: userName ?? user, callerId: number, operator: true } },
    ...(deviceNetworks.length > 0 && { devices: { allow: deviceNetworks } }),
    calling: { allow: callingCountries, callsPerSecond },
    media: { trunkPorts: ports.trunkSound.join("-"), browserPorts: ports.browserSound.join("-") },
    http: { bind: `${address}:${ports.http}`, publicUrl, trustedProxies: [proxies] },
    admin: { socket: "/run/trunkline/trunkline.sock" },
    storage: { path: "/var/lib/trunkline/trunkline.db" },
  };
}
