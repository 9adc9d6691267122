import type { Invitation, Invitations } from "./invitations.ts";
import type { Passkey, Passkeys } from "./passkeys.ts";
import type { Session, Sessions } from "./sessions.ts";

/** Links in this process's memory. */
export function memoryInvitations(): Invitations {
  const byHash = new Map<string, Invitation>();
  const get = (hash: string, nowMs: number): Invitation | undefined => {
    const invitation = byHash.get(hash);
    return invitation !== undefined && invitation.expiresAtMs > nowMs ? invitation : undefined;
  };
  return {
    get: async (hash, nowMs) => get(hash, nowMs),
    add: async (invitation) => void byHash.set(invitation.hash, invitation),
    take: async (hash, nowMs) => {
      const invitation = get(hash, nowMs);
      byHash.delete(hash);
      return invitation;
    },
    all: async (nowMs) => [...byHash.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs),
    remove: async (hash) => void byHash.delete(hash),
    expire: async (nowMs) => {
      for (const { hash, expiresAtMs } of byHash.values()) if (expiresAtMs <= nowMs) byHash.delete(hash);
    },
  };
}

/** Sessions in this process's memory. */
export function memorySessions(): Sessions {
  const byId = new Map<string, Session>();
  const alive = (nowMs: number): Session[] => [...byId.values()].filter(({ expiresAtMs }) => expiresAtMs > nowMs);
  return {
    add: async (session) => void byId.set(session.id, session),
    used: async (id, usedAtMs) => {
      const session = byId.get(id);
      if (session !== undefined) byId.set(id, { ...session, usedAtMs });
    },
    withHash: async (hash, nowMs) => alive(nowMs).find((session) => session.hash === hash),
    all: async (nowMs) => alive(nowMs),
    remove: async (id) => void byId.delete(id),
    expire: async (nowMs) => {
      const expired = [...byId.values()].filter(({ expiresAtMs }) => expiresAtMs <= nowMs);
      for (const { id } of expired) byId.delete(id);
      return expired;
    },
  };
}

/** Passkeys in this process's memory. */
export function memoryPasskeys(): Passkeys {
  const byId = new Map<string, Passkey>();
  return {
    add: async (passkey) => {
      const isTaken = [...byId.values()].some(({ credential }) => credential === passkey.credential);
      if (isTaken) throw new Error("there is such a credential already");
      byId.set(passkey.id, passkey);
    },
    used: async (id, use) => {
      const passkey = byId.get(id);
      if (passkey !== undefined) byId.set(id, { ...passkey, ...use });
      return passkey !== undefined;
    },
    withCredential: async (credential) => [...byId.values()].find((passkey) => passkey.credential === credential),
    all: async () => [...byId.values()],
    remove: async (id) => void byId.delete(id),
  };
}
