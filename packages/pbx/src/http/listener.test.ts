import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { systemClock, webSocketTransport } from "@trunkline/sip-stack";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { userOf } from "../../test/fakes/config.ts";
import { fakeOperations } from "../../test/fakes/operations.ts";
import { localAccess } from "../access/local.ts";
import { type HttpListener, type HttpListenerOptions, httpListener } from "./listener.ts";

const network = process.env.TRUNKLINE_TEST_NETWORK;

const user = userOf("local");
const pages = mkdtempSync(join(tmpdir(), "pages-"));
const refused: string[] = [];
let open: HttpListener[] = [];

const start = async (changes: Partial<HttpListenerOptions> = {}): Promise<HttpListener> => {
  const listener = await httpListener({
    bind: { address: "127.0.0.1", port: 0 },
    pages,
    access: localAccess(user),
    clock: systemClock,
    operations: fakeOperations(),
    session: ({ user: { name } }) => ({ user: name, sipUri: `sip:${name}@trunkline.invalid` }),
    history: async ({ user: { name } }, limit) =>
      (await fakeOperations().history({ limit })).filter(({ from }) => from === name),
    adopt: (socket, opener) => webSocketTransport().adopt(socket, opener),
    onRefused: (...what) => refused.push(what.join(" ")),
    ...changes,
  });
  open.push(listener);
  return listener;
};

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string };

const ask = (url: string, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> =>
  new Promise((settle, fail) => {
    const asked = request(url + path, { method, headers, agent: false }, async (response) =>
      settle({ status: response.statusCode ?? 0, headers: response.headers, body: await text(response) }),
    );
    asked.once("error", fail).end();
  });

const codeOf = ({ body }: Answer): string => JSON.parse(body).error.code;

beforeEach(() => {
  refused.length = 0;
  mkdirSync(join(pages, "assets"), { recursive: true });
  writeFileSync(join(pages, "index.html"), "<!doctype html><title>Phone</title>");
  writeFileSync(join(pages, "assets", "phone-4f2a.js"), "export {};");
  writeFileSync(join(pages, ".secret"), "not for anyone");
});

afterEach(async () => {
  await Promise.all(open.map((listener) => listener.close()));
  open = [];
  rmSync(pages, { recursive: true, force: true });
});

describe("a foreign name", () => {
  const paths = [
    "/",
    "/assets/phone-4f2a.js",
    "/api/session",
    "/api/history",
    "/healthz",
    "/readyz",
    "/ws",
    "/nothing",
  ];

  test.each(
    paths.flatMap((path) =>
      ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"].map((method) => [method, path] as const),
    ),
  )("%s %s is refused when Host or Origin is foreign", async (method, path) => {
    const { url } = await start();
    const { host } = new URL(url);
    const rebound = await ask(url, path, { host: "attacker.example", origin: url }, method);
    const foreignPage = await ask(url, path, { host, origin: "https://attacker.example" }, method);
    expect([rebound.status, foreignPage.status]).toEqual([403, 403]);
    expect(rebound.body + foreignPage.body).not.toContain("local");
    expect(refused).toHaveLength(2);
  });

  test("is told in the shape of every other error", async () => {
    const { url } = await start();
    expect(codeOf(await ask(url, "/api/session", { host: "attacker.example" }))).toBe("HTTP_FOREIGN_HOST");
    expect(codeOf(await ask(url, "/api/session", { origin: "null" }))).toBe("HTTP_FOREIGN_ORIGIN");
    expect(codeOf(await ask(url, "/api/session", {}, "POST"))).toBe("HTTP_FOREIGN_ORIGIN");
  });

  test("a request without Host is refused", async () => {
    const { url } = await start();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write("GET /api/session HTTP/1.0\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 .*HTTP_FOREIGN_HOST/s);
  });

  test("a whole URL in the request line does not stand in for Host", async () => {
    const { url } = await start();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(`GET ${url}/api/session HTTP/1.1\r\nHost: attacker.example\r\nConnection: close\r\n\r\n`);
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 40[034] /);
  });
});

describe("a signed-in person", () => {
  test("reads her session and her own history, which nobody keeps", async () => {
    const { url } = await start();
    const told = await ask(url, "/api/session");
    expect(JSON.parse(told.body)).toEqual({ user: "local", sipUri: "sip:local@trunkline.invalid" });
    expect(told.headers["cache-control"]).toBe("no-store");
    const history = await ask(url, "/api/history?limit=1");
    expect(JSON.parse(history.body)).toMatchObject([{ id: "c0", from: "local" }]);
  });

  test.each(["0", "501", "x", "-1"])("cannot ask for %s records", async (limit) => {
    const { url } = await start();
    const answer = await ask(url, `/api/history?limit=${limit}`);
    expect([answer.status, codeOf(answer)]).toEqual([400, "HTTP_BAD_REQUEST"]);
  });

  test.each(["/api/session", "/api/history"])("someone who is not signed in gets 401 from %s", async (path) => {
    const { url } = await start({ access: { sessionOf: async () => undefined } });
    const answer = await ask(url, path);
    expect([answer.status, codeOf(answer)]).toEqual([401, "HTTP_NOT_SIGNED_IN"]);
    expect(refused).toEqual([`GET ${path} 127.0.0.1 HTTP_NOT_SIGNED_IN`]);
  });
});

describe("the pages", () => {
  test("files with a hash in their name are kept for ever, the others never", async () => {
    const { url } = await start();
    const page = await ask(url, "/");
    expect([page.status, page.headers["cache-control"]]).toEqual([200, "no-cache"]);
    expect(page.body).toContain("Phone");
    const asset = await ask(url, "/assets/phone-4f2a.js");
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(asset.headers["content-type"]).toContain("javascript");
  });

  test.each(["/.secret", "/../package.json", "/%2e%2e/package.json", "/assets", "/nothing", "/api/nothing"])(
    "%s is not there",
    async (path) => {
      const { url } = await start();
      const answer = await ask(url, path);
      expect([answer.status, codeOf(answer)]).toEqual([404, "HTTP_NOT_FOUND"]);
    },
  );

  test.each([undefined, "/nonexistent/pages"])(
    "when they are not built (%s), the page says what to do",
    async (folder) => {
      const { url } = await start({ pages: folder });
      const answer = await ask(url, "/");
      expect(answer.status).toBe(503);
      expect(answer.body).toContain("pnpm@10 start");
    },
  );

  test("run nothing but their own files", async () => {
    const { url } = await start();
    const { headers } = await ask(url, "/");
    const policy = String(headers["content-security-policy"]);
    expect(policy).not.toContain("unsafe");
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain(`connect-src 'self' ws://${new URL(url).host} wss://${new URL(url).host};`);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["permissions-policy"]).toContain("microphone=(self)");
    expect(headers["strict-transport-security"]).toBeUndefined();
  });

  test("a public URL with encryption is asked for with encryption from then on", async () => {
    const { url } = await start({ publicUrl: "https://phone.example.com" });
    const { headers, status } = await ask(url, "/", { host: "phone.example.com" });
    expect(status).toBe(200);
    expect(headers["strict-transport-security"]).toContain("max-age=");
  });
});

describe("health", () => {
  test("is told without a sign-in and without details", async () => {
    const { url } = await start({ access: { sessionOf: async () => undefined } });
    expect((await ask(url, "/healthz")).body).toBe("ok");
    expect((await ask(url, "/readyz")).body).toBe("ready");
  });

  test("a server with an obstacle is not ready, and tells strangers no more than that", async () => {
    const { url } = await start({ operations: fakeOperations({ readiness: async () => ["the trunk is silent"] }) });
    expect(await ask(url, "/readyz")).toMatchObject({ status: 503, body: "not ready" });
  });
});

describe("failures", () => {
  test("what fails inside is reported and not told", async () => {
    const failures: string[] = [];
    const { url } = await start({
      session: () => {
        throw new Error("the database is at 192.0.2.77");
      },
      onFailure: (what, cause) => failures.push(`${what}: ${cause.message}`),
    });
    const answer = await ask(url, "/api/session");
    expect([answer.status, codeOf(answer)]).toEqual([500, "HTTP_FAILED"]);
    expect(answer.body).not.toContain("192.0.2.77");
    expect(failures).toEqual(["GET /api/session: the database is at 192.0.2.77"]);
  });

  test.each([
    ["what is no HTTP", "REGISTER sip:x SIP/2.0\r\n\r\n"],
    ["a path that cannot be read", "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    ["a header of 100 kB", `GET / HTTP/1.1\r\nX: ${"x".repeat(100_000)}\r\n\r\n`],
  ])("%s is answered 400", async (_what, bytes) => {
    const { url } = await start();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(bytes);
    expect(await text(socket).catch(() => "")).toMatch(/^HTTP\/1\.1 400 .*HTTP_BAD_REQUEST/s);
  });

  test("a connection too many is dropped and counted", async () => {
    const { url } = await start({ limits: { connections: 1 } });
    const port = Number(new URL(url).port);
    const first = connect(port, "127.0.0.1");
    await once(first, "connect");
    expect(await text(connect(port, "127.0.0.1")).catch(() => "")).toBe("");
    expect(refused).toEqual(["HTTP 127.0.0.1 HTTP_FULL"]);
    first.destroy();
  });

  test("silent connections of one address shut nobody out, not even that address itself", async () => {
    const { url } = await start({ limits: { connections: 6, connectionsPerSource: 4 } });
    const port = Number(new URL(url).port);
    const from = (localAddress: string) => connect({ port, host: "127.0.0.1", localAddress });
    const silent = [];
    for (const host of [7, 7, 7, 7, 8, 8]) {
      const socket = from(`${network}.${host}`);
      silent.push(socket);
      await once(socket, "connect");
    }
    for (const host of [9, 7]) {
      const asked = from(`${network}.${host}`);
      asked.end("GET /api/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      expect(await text(asked)).toMatch(/^HTTP\/1.1 \d/);
    }
    expect(silent.filter(({ destroyed, readableEnded }) => !destroyed && !readableEnded).length).toBeGreaterThan(3);
    for (const socket of silent) socket.destroy();
    const full = refused.filter((line) => line.endsWith("HTTP_FULL"));
    expect(new Set(full)).toEqual(new Set([`HTTP ${network}.7 HTTP_FULL`]));
  });

  test("a port that is taken is named with what to do", async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    await expect(start({ bind: { address: "127.0.0.1", port } })).rejects.toMatchObject({
      code: "BIND_FAILED",
      message: expect.stringContaining(`127.0.0.1:${port}: another program listens there`),
    });
  });

  test("an address that this machine does not have is named", async () => {
    await expect(start({ bind: { address: "192.0.2.1", port: 0 } })).rejects.toMatchObject({
      code: "BIND_FAILED",
      message: expect.stringContaining("does not have that address"),
    });
  });
});
