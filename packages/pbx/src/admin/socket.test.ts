import { once } from "node:events";
import { existsSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fakeOperations } from "../../test/fakes/operations.ts";
import type { HistoryQuery, Operations } from "../ops/operations.ts";
import { adminSocket } from "./socket.ts";

let folder: string;
let path: string;
let open: { close(): Promise<void> }[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "admin-"));
  path = join(folder, "a.sock");
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((socket) => socket.close()));
  rmSync(folder, { recursive: true });
});

async function start(changes: Partial<Operations> = {}): Promise<void> {
  open.push(await adminSocket({ path, operations: fakeOperations(changes) }));
}

type Answer = { readonly status: number | undefined; readonly body: unknown };

const ask = (method: string, target: string, body?: object): Promise<Answer> =>
  new Promise((settle, fail) => {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const asked = request({ socketPath: path, method, path: target, headers, agent: false }, async (response) =>
      settle({ status: response.statusCode, body: await json(response) }),
    );
    asked.once("error", fail).end(body === undefined ? undefined : JSON.stringify(body));
  });

describe("the socket", () => {
  test("belongs to the server's user alone from the moment it can be reached", async () => {
    const umask = process.umask(0o022);
    const starting = start();
    const modes = new Set<number>();
    while (!existsSync(path)) await new Promise(setImmediate);
    modes.add(statSync(path).mode & 0o777);
    await starting;
    modes.add(statSync(path).mode & 0o777);
    expect([...modes]).toEqual([0o600]);
    expect(process.umask(umask)).toBe(0o022);
  });

  test("is gone when the server closes, and closing twice is harmless", async () => {
    await start();
    await open[0]?.close();
    expect(existsSync(path)).toBe(false);
  });

  test("that a dead server left behind is replaced", async () => {
    await leaveStaleSocket();
    await start();
    expect(await ask("GET", "/status")).toMatchObject({ status: 200 });
  });

  test("of a living server is left alone, with words", async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      code: "BIND_FAILED",
      message: expect.stringContaining(`${path}: another server is running with it`),
    });
    expect(await ask("GET", "/status")).toMatchObject({ status: 200 });
  });

  test("never replaces a file", async () => {
    writeFileSync(path, "precious");
    await expect(start()).rejects.toMatchObject({ code: "BIND_FAILED", message: expect.stringContaining("no socket") });
    expect(existsSync(path)).toBe(true);
  });

  test.each([
    ["in a folder that does not exist", () => join(folder, "no", "a.sock"), "its folder does not exist"],
    ["with a path that is too long", () => join(folder, "x".repeat(120)), "the path is too long"],
  ])("%s is refused in words", async (_where, place, words) => {
    path = place();
    await expect(start()).rejects.toMatchObject({ code: "BIND_FAILED", message: expect.stringContaining(words) });
  });
});

/** A bound socket whose process died without removing it: its name outlives the listener. */
async function leaveStaleSocket(): Promise<void> {
  const other = join(folder, "b.sock");
  const server = createServer().listen(other);
  await once(server, "listening");
  linkSync(other, path);
  server.close();
  await once(server, "close");
}

describe("the operator's API", () => {
  test.each(["/status", "/calls", "/calls/c1", "/registrations", "/trunk", "/history", "/refusals"])(
    "GET %s tells what operations tell",
    async (target) => {
      await start();
      const operations = fakeOperations();
      const told: Record<string, unknown> = {
        "/status": await operations.status(),
        "/calls": await operations.calls(),
        "/calls/c1": await operations.call("c1"),
        "/registrations": await operations.registrations(),
        "/trunk": await operations.trunk(),
        "/history": await operations.history({ limit: 50 }),
        "/refusals": await operations.refusals(50),
      };
      expect(await ask("GET", target)).toEqual({ status: 200, body: told[target] });
    },
  );

  test("a call's ladder and its end are reached by its id", async () => {
    await start();
    expect(await ask("GET", "/calls/c1/ladder")).toMatchObject({
      status: 200,
      body: { ladder: expect.stringContaining("INVITE") },
    });
    expect(await ask("POST", "/calls/c1/hangup")).toEqual({ status: 200, body: { id: "c1", hungUp: true } });
  });

  test.each([
    ["GET", "/calls/nope"],
    ["GET", "/calls/nope/ladder"],
    ["POST", "/calls/nope/hangup"],
  ])("%s %s says that there is no such call", async (method, target) => {
    await start();
    const body = { error: { code: "HTTP_NO_SUCH_CALL", message: "There is no call with the id nope." } };
    expect(await ask(method, target)).toEqual({ status: 404, body });
  });

  test("reading never changes anything: what acts is not there for GET", async () => {
    const ended: string[] = [];
    await start({ hangUp: async (id) => ended.push(id) > 0 });
    expect(await ask("GET", "/calls/c1/hangup")).toMatchObject({ status: 404 });
    expect(ended).toEqual([]);
  });

  test("a call that is over is found by its id as one that goes on is", async () => {
    await start();
    expect(await ask("GET", "/calls/c0")).toEqual({ status: 200, body: await fakeOperations().record("c0") });
  });

  test("history is asked for as it is asked for, and what makes no sense is refused", async () => {
    const queries: HistoryQuery[] = [];
    await start({
      history: async (query) => {
        queries.push(query);
        return [];
      },
    });
    const whole = "limit=7&user=alice&number=%2B12025550123&since=2026-11-25T00:00:00Z&before=c9";
    expect(await ask("GET", `/history?${whole}`)).toEqual({ status: 200, body: [] });
    for (const nonsense of ["limit=1001", "since=yesterday", "user="])
      expect(await ask("GET", `/history?${nonsense}`)).toMatchObject({
        status: 400,
        body: { error: { code: "HTTP_BAD_REQUEST" } },
      });
    expect(queries).toEqual([
      { limit: 7, user: "alice", number: "+12025550123", since: "2026-11-25T00:00:00Z", before: "c9" },
    ]);
  });
});

describe("a simulated call", () => {
  const call = { id: "s1", outcome: "answered", status: 200, words: "OK" } as const;

  test("is made with the numbers given", async () => {
    const asked: object[] = [];
    await start({
      simulateCall: async (numbers) => {
        asked.push(numbers);
        return call;
      },
    });
    expect(await ask("POST", "/simulate/call", { from: "+12025550123" })).toEqual({ status: 200, body: call });
    expect(asked).toEqual([{ from: "+12025550123" }]);
  });

  test.each([{ from: "2025550123" }, { to: "+0123" }, { to: "+1 202" }, { to: 5 }])(
    "is refused for %j",
    async (numbers) => {
      await start({ simulateCall: async () => call });
      expect(await ask("POST", "/simulate/call", numbers)).toMatchObject({
        status: 400,
        body: { error: { code: "HTTP_BAD_REQUEST" } },
      });
    },
  );

  test("exists in loopback mode only", async () => {
    await start();
    expect(await ask("POST", "/simulate/call", {})).toMatchObject({
      status: 409,
      body: { error: { code: "HTTP_NOT_SIMULATED" } },
    });
  });
});
