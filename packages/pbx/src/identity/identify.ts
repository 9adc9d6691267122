import type { Flow } from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import { type Cidr, liesIn } from "../domain/address.ts";
import { asUserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";

/**
 * Who speaks over a flow, judged by the flow alone, and for a device by what it has proved: nothing else that the peer
 * writes counts. `unproven`: it may be a device, and is asked to prove which.
 */
export type Speaker =
  | { readonly kind: "trunk" }
  | { readonly kind: "browser"; readonly user: User }
  | { readonly kind: "peer"; readonly user: User }
  | { readonly kind: "device"; readonly user: User }
  | { readonly kind: "unproven" }
  | { readonly kind: "stranger"; readonly why: string };

type Networks = { readonly allow: readonly Cidr[] };
type Known = Pick<Config, "users"> & { readonly trunk: Networks; readonly devices: Networks };
/** The far end of a flow, or of a connection that is not accepted yet. */
export type Source = Pick<Flow, "transport" | "remote"> & { readonly principal?: string | undefined };

/**
 * A signed-in socket is its user; what comes otherwise is a fixed peer's, the trunk's or a device's by its source
 * address; all else is a stranger.
 * @param username what the sender has proved to be called
 */
export function identify(source: Source, known: Known, username?: string): Speaker {
  const isBrowser = source.transport === "ws" || source.transport === "wss";
  return isBrowser ? browserOf(source, known) : neighbourOf(source, known, username);
}

/** The user whose device registers by this name. */
export const userOfDevice = (users: Known["users"], username: string): User | undefined =>
  [...users.values()].find(({ device }) => device?.username === username);

function browserOf({ principal }: Source, { users }: Known): Speaker {
  const user = principal === undefined ? undefined : users.get(asUserName(principal));
  return user === undefined ? stranger("not signed in") : { kind: "browser", user };
}

function neighbourOf({ remote }: Source, { users, trunk, devices }: Known, username: string | undefined): Speaker {
  for (const user of users.values()) {
    const { contact } = user;
    if (contact !== undefined && contact.address === remote.address && contact.port === remote.port)
      return { kind: "peer", user };
  }
  if (liesIn(trunk.allow, remote.address)) return { kind: "trunk" };
  if (devices.allow.length === 0) return stranger("not in trunk.allow");
  if (!liesIn(devices.allow, remote.address)) return stranger("neither in trunk.allow nor in devices.allow");
  const user = username === undefined ? undefined : userOfDevice(users, username);
  return user === undefined ? { kind: "unproven" } : { kind: "device", user };
}

const stranger = (why: string): Speaker => ({ kind: "stranger", why });
