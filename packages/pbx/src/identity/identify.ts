import type { Flow } from "@trunkline/sip-stack";
import type { Config } from "../config/config.ts";
import type { Cidr } from "../domain/address.ts";
import { asUserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";

/** Who speaks over a flow, judged by the flow alone: nothing that the peer writes counts. */
export type Speaker =
  | { readonly kind: "trunk" }
  | { readonly kind: "browser"; readonly user: User }
  | { readonly kind: "peer"; readonly user: User }
  | { readonly kind: "stranger"; readonly why: string };

type Known = Pick<Config, "users"> & { readonly trunk: { readonly allow: readonly Cidr[] } };
type Source = Pick<Flow, "transport" | "remote"> & { readonly principal?: string | undefined };

/** A signed-in socket is its user; a datagram is a fixed peer's or the trunk's by its source address; all else is a stranger. */
export function identify(source: Source, known: Known): Speaker {
  return source.transport === "ws" || source.transport === "wss" ? browserOf(source, known) : datagramOf(source, known);
}

function browserOf({ principal }: Source, { users }: Known): Speaker {
  const user = principal === undefined ? undefined : users.get(asUserName(principal));
  return user === undefined ? stranger("not signed in") : { kind: "browser", user };
}

function datagramOf({ remote }: Source, { users, trunk }: Known): Speaker {
  for (const user of users.values()) {
    const { contact } = user;
    if (contact !== undefined && contact.address === remote.address && contact.port === remote.port)
      return { kind: "peer", user };
  }
  if (trunk.allow.some((range) => range.contains(remote.address))) return { kind: "trunk" };
  return stranger("not in trunk.allow");
}

const stranger = (why: string): Speaker => ({ kind: "stranger", why });
