import { describe, expect, test } from "vitest";
import { asUserName } from "../domain/names.ts";
import type { Invitation, Invitations } from "./invitations.ts";
import type { Passkey, Passkeys } from "./passkeys.ts";
import type { Session, Sessions } from "./sessions.ts";

const [alice, bob] = [asUserName("alice"), asUserName("bob")];

/** What every implementation of `Invitations` must do. */
export function invitationsConformance(name: string, open: () => Invitations): void {
  describe(`${name} as invitations`, () => {
    const invitation = (hash: string, expiresAtMs = 1000): Invitation => ({ hash, user: alice, expiresAtMs });

    test("a link is there until it is taken, and is taken once", async () => {
      const store = open();
      await store.add(invitation("h1"));
      expect(await store.get("h1", 0)).toEqual(invitation("h1"));
      const taken = await Promise.all([store.take("h1", 0), store.take("h1", 0)]);
      expect(taken.filter((one) => one !== undefined)).toEqual([invitation("h1")]);
      expect(await store.get("h1", 0)).toBeUndefined();
    });

    test("an expired link is none, whether it was swept away or not", async () => {
      const store = open();
      await store.add(invitation("h1"));
      await store.add(invitation("h2", 2000));
      expect([await store.get("h1", 1000), await store.take("h1", 1000)]).toEqual([undefined, undefined]);
      await store.expire(1500);
      expect(await store.all(0)).toEqual([invitation("h2", 2000)]);
      await store.remove("h2");
      expect(await store.all(0)).toEqual([]);
    });
  });
}

/** What every implementation of `Sessions` must do. */
export function sessionsConformance(name: string, open: () => Sessions): void {
  describe(`${name} as sessions`, () => {
    const session = (id: string, changes: Partial<Session> = {}): Session => ({
      ...{ id, hash: `hash of ${id}`, user: alice, way: "link", browser: "Chrome on Linux" },
      ...{ createdAtMs: 1, usedAtMs: 1, expiresAtMs: 1000 },
      ...changes,
    });

    test("a session is found by what its cookie hashes to, until it expires", async () => {
      const store = open();
      await store.add(session("s1"));
      await store.add(session("s2", { user: bob, createdAtMs: 2, passkey: "p1", way: "passkey" }));
      expect(await store.withHash("hash of s1", 999)).toEqual(session("s1"));
      expect(await store.withHash("hash of s1", 1000)).toBeUndefined();
      expect(await store.withHash("s1", 0)).toBeUndefined();
      expect((await store.all(0)).map(({ id }) => id)).toEqual(["s1", "s2"]);
    });

    test("a session that is used is noted, a removed one stays gone, and those that expire are named", async () => {
      const store = open();
      await store.add(session("s1"));
      await store.used("s1", 5);
      await store.add(session("s2", { createdAtMs: 2 }));
      await store.add(session("s3", { createdAtMs: 3, expiresAtMs: 2000 }));
      expect(await store.all(0)).toHaveLength(3);
      await store.remove("s2");
      await store.used("s2", 5);
      expect(await store.expire(1000)).toEqual([session("s1", { usedAtMs: 5 })]);
      expect((await store.all(0)).map(({ id }) => id)).toEqual(["s3"]);
    });
  });
}

/** What every implementation of `Passkeys` must do. */
export function passkeysConformance(name: string, open: () => Passkeys): void {
  test(`${name} as passkeys: found by its credential, noted when used, gone when removed`, async () => {
    const store = open();
    const passkey: Passkey = {
      ...{ id: "p1", credential: "c1", user: alice, publicKey: Uint8Array.of(1, 2, 255), counter: 0 },
      ...{ transports: ["internal", "hybrid"], session: "s1", browser: "Chrome on Linux", createdAtMs: 1, usedAtMs: 1 },
    };
    await store.add(passkey);
    await store.add({ ...passkey, id: "p2", credential: "c2", createdAtMs: 2 });
    expect(await store.used("p1", { counter: 7, usedAtMs: 9 })).toBe(true);
    expect(await store.withCredential("c1")).toEqual({ ...passkey, counter: 7, usedAtMs: 9 });
    expect((await store.all()).map(({ id }) => id)).toEqual(["p1", "p2"]);
    await expect(store.add({ ...passkey, id: "p3", user: bob })).rejects.toThrow();
    expect((await store.withCredential("c1"))?.user).toBe(alice);
    await store.remove("p1");
    expect(await store.used("p1", { counter: 8, usedAtMs: 9 })).toBe(false);
    expect(await store.withCredential("c1")).toBeUndefined();
  });
}
