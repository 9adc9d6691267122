import { expect, test } from "vitest";
import { readDevices, readLink, readWaysIn, tokenIn } from "./access.ts";

test("the token of a link is read from behind its mark", () => {
  const token = `${"a".repeat(42)}_`;
  expect(tokenIn(`#join=${token}`)).toBe(token);
  for (const other of ["", "#join=", `#join=${token}x`, `#join=${token}&x`, `?join=${token}`, `#other=${token}`])
    expect(tokenIn(other)).toBeUndefined();
});

test("the ways in are what the server says, and nothing that it does not", () => {
  expect(readWaysIn({ passkeys: true, oidc: "your company account" })).toMatchObject({
    value: { passkeys: true, oidc: "your company account" },
  });
  expect(readWaysIn({})).toMatchObject({ value: { passkeys: false, oidc: undefined } });
  expect(readWaysIn("text").ok).toBe(false);
});

const session = { id: "s1", browser: "Chrome on Linux", signedInAt: "2026-11-30", usedAt: "2026-11-30" };
const passkey = { id: "p1", browser: "Chrome on Linux", createdAt: "2026-11-30" };

test.each([
  [{ sessions: [session], passkeys: [passkey], current: "s1" }, true],
  [{ sessions: [], passkeys: [], current: "s1" }, true],
  [{ sessions: [session], passkeys: [passkey] }, false],
  [{ sessions: [{ ...session, id: 5 }], passkeys: [], current: "s1" }, false],
  [{ sessions: [], passkeys: {}, current: "s1" }, false],
  [null, false],
])("devices are read, or refused: %#", (body, ok) => {
  expect(readDevices(body).ok).toBe(ok);
});

test("a link is read", () => {
  expect(readLink({ url: "https://phone.example.com/#join=x", expiresAt: "2026-11-30" }).ok).toBe(true);
  expect(readLink({ url: 5 }).ok).toBe(false);
});
