import { describe, expect, test } from "vitest";
import { userOf } from "../../test/fakes/config.ts";
import { localAccess } from "./local.ts";

const user = userOf("local");
const access = localAccess(user);
const host = "localhost:8080";

describe("without sign-in", () => {
  test.each([
    ["127.0.0.1", { host }],
    ["127.9.8.7", { host: "127.9.8.7:8080" }],
    ["::1", { host: "[::1]:8080", origin: "http://[::1]:8080" }],
    ["::ffff:127.0.0.1", { host, origin: "http://localhost:5173" }],
  ])("a request from %s is the local user's", async (remoteAddress, headers) => {
    expect(await access.sessionOf({ headers, remoteAddress })).toEqual({ user });
  });

  test.each([
    ["another machine", "192.0.2.1", { host }],
    ["an unknown address", "", { host }],
    ["another machine, IPv4-mapped", "::ffff:192.0.2.1", { host }],
    ["no Host", "127.0.0.1", {}],
    ["a public name, so through a proxy", "127.0.0.1", { host: "phone.example.com" }],
    ["a public page, so through a proxy", "127.0.0.1", { host, origin: "https://phone.example.com" }],
    ["an opaque page", "127.0.0.1", { host, origin: "null" }],
    ["a proxy's header", "127.0.0.1", { host, "x-forwarded-for": "192.0.2.1" }],
    ["the standard proxy header", "127.0.0.1", { host, forwarded: "for=192.0.2.1" }],
  ])("%s is nobody", async (_who, remoteAddress, headers) => {
    expect(await access.sessionOf({ headers, remoteAddress })).toBeUndefined();
  });
});
