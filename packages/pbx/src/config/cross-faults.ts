import { createSecureContext } from "node:tls";
import { type Cidr, isLoopbackUrl, isWildcard, liesIn } from "../domain/address.ts";
import { isEmergency } from "../domain/emergency.ts";
import { messageOf } from "../kernel/errors.ts";
import type { ConfigFile } from "./schema.ts";

/** A fault of the file: where it is by keys, and what is wrong in words. */
export type Fault = { readonly path: readonly PropertyKey[]; readonly why: string };

type Sections = Partial<ConfigFile>;

/** What must hold between keys, beyond each key's own form; sections that are missing are not judged. */
export function crossFaults(file: Sections): readonly Fault[] {
  return rules.flatMap((rule) => rule(file));
}

const rules: readonly ((file: Sections) => readonly Fault[])[] = [
  publicAddressFaults,
  transportFaults,
  certificateFaults,
  numberFaults,
  userFaults,
  extensionFaults,
  deviceFaults,
  networkFaults,
  listenerFaults,
  accessFaults,
];

function publicAddressFaults({ sip }: Sections): readonly Fault[] {
  if (sip === undefined || !isWildcard(sip.udp.address) || sip.publicAddress !== undefined) return [];
  return [{ path: ["sip", "udp"], why: "binds every address: set sip.publicAddress to the one that peers can reach" }];
}

function transportFaults({ sip, trunk }: Sections): readonly Fault[] {
  if (sip === undefined || trunk === undefined) return [];
  const { transport, srtp } = trunk;
  const unbound = transport !== "udp" && sip[transport] === undefined;
  return [
    ...(unbound
      ? [{ path: ["trunk", "transport"], why: `needs sip.${transport}: the trunk calls us over it too` }]
      : []),
    ...(srtp && transport !== "tls"
      ? [{ path: ["trunk", "srtp"], why: "needs trunk.transport: tls, or its keys would travel in clear" }]
      : []),
  ];
}

/** What TLS would say at the first connection is said before. */
function certificateFaults({ sip }: Sections): readonly Fault[] {
  if (sip?.tls === undefined) return [];
  try {
    createSecureContext({ cert: sip.tls.certificate, key: sip.tls.key });
    return [];
  } catch (cause) {
    return [{ path: ["sip", "tls"], why: `its certificate and key cannot be used together: ${messageOf(cause)}` }];
  }
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
      : [
          { path: ["users", name, "callerId"], why: `${callerId} is not listed in numbers: the trunk would refuse it` },
        ]),
    ...(contact !== undefined && liesIn(trunk?.allow ?? [], contact.address)
      ? [
          {
            path: ["users", name, "contact"],
            why: "is inside trunk.allow: it could not be distinguished from the trunk",
          },
        ]
      : []),
  ]);
}

/** Whoever dials an emergency number must never ring a colleague instead. */
function extensionFaults({ users = {}, calling }: Sections): readonly Fault[] {
  return Object.entries(users).flatMap(([name, { extension }]) =>
    extension !== undefined && isEmergency(extension, calling?.country ?? "")
      ? [{ path: ["users", name, "extension"], why: `${extension} is an emergency number. Choose another extension` }]
      : [],
  );
}

/** Extensions and devices' names are addresses: each is one user's. */
function deviceFaults({ users = {}, devices }: Sections): readonly Fault[] {
  const taken = new Map<string, string>();
  return Object.entries(users).flatMap(([name, { extension, device }]) => [
    ...claim(taken, `extension ${extension}`, name, extension && ["users", name, "extension"]),
    ...claim(taken, `device ${device?.username}`, name, device && ["users", name, "device", "username"]),
    ...(device !== undefined && devices?.allow.length === 0
      ? [{ path: ["users", name, "device"], why: "cannot register: devices.allow names no network" }]
      : []),
  ]);
}

/** What lies in both networks would be taken for the trunk: its calls are not asked who makes them. */
function networkFaults({ trunk, devices }: Sections): readonly Fault[] {
  const inTrunk = (range: Cidr): boolean => trunk?.allow.some((other) => overlap(range, other)) === true;
  return (devices?.allow ?? []).flatMap((range) =>
    inTrunk(range)
      ? [
          {
            path: ["devices", "allow"],
            why: `${range.text} overlaps trunk.allow: phones could not be distinguished from the trunk`,
          },
        ]
      : [],
  );
}

const overlap = (one: Cidr, other: Cidr): boolean => one.contains(networkOf(other)) || other.contains(networkOf(one));
const networkOf = ({ text }: Cidr): string => text.split("/", 1)[0] ?? "";

function claim(
  taken: Map<string, string>,
  what: string,
  name: string,
  path: readonly string[] | "" | undefined,
): readonly Fault[] {
  if (!path) return [];
  const owner = taken.get(what);
  taken.set(what, owner ?? name);
  return owner === undefined ? [] : [{ path, why: `is the user ${owner}'s already` }];
}

/** Browsers give pages without encryption neither a microphone nor a cookie that is safe, except those of their own machine. */
function listenerFaults({ http }: Sections): readonly Fault[] {
  const url = http?.publicUrl;
  return url === undefined || url.startsWith("https:") || isLoopbackUrl(url)
    ? []
    : [
        {
          path: ["http", "publicUrl"],
          why: "must be https: without it browsers block the microphone and do not keep the sign-in",
        },
      ];
}

function accessFaults({ http, access, users }: Sections): readonly Fault[] {
  if (access?.oidc === undefined) return [];
  const { issuer, users: named } = access.oidc;
  const path = ["access", "oidc"];
  return [
    ...(http !== undefined && http.publicUrl === undefined
      ? [{ path, why: "needs http.publicUrl: the provider redirects users there" }]
      : []),
    ...(issuer.startsWith("https:") || isLoopbackUrl(issuer)
      ? []
      : [{ path: [...path, "issuer"], why: "must be https, or anyone on the network path could sign in as anyone" }]),
    ...Object.entries(named).flatMap(([key, name]) =>
      users === undefined || Object.hasOwn(users, name)
        ? []
        : [{ path: [...path, "users", key], why: noSuchUser(name) }],
    ),
  ];
}
