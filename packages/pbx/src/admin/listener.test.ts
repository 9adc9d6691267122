import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { fakeOperations } from "../../test/fakes/operations.ts";
import { Metrics } from "../ops/metrics.ts";
import type { Operations } from "../ops/operations.ts";
import { adminListener } from "./listener.ts";

async function open(changes: Partial<Operations> = {}) {
  const bind = { address: "127.0.0.1", port: 0 };
  const listener = await adminListener({ bind, operations: fakeOperations(changes), metrics: new Metrics() });
  onTestFinished(() => listener.close());
  return listener.url;
}

/** A request whose Host and Origin the test chooses. */
async function ask(url: string, path: string, headers: Record<string, string> = {}, method = "GET") {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
  const asked = request(`${url}${path}`, { method, headers, agent: false }, (response) => {
    text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
  });
  asked.once("error", reject).end();
  return promise;
}

test("a server that can take calls is alive and ready", async () => {
  const url = await open();
  expect(await ask(url, "/healthz")).toEqual({ status: 200, body: "ok\n" });
  expect(await ask(url, "/readyz")).toEqual({ status: 200, body: "ready\n" });
});

test("what keeps it from taking calls is said, a line for each", async () => {
  const url = await open({ readiness: async () => ["draining: no new calls are accepted", "the trunk x is silent"] });
  expect(await ask(url, "/readyz")).toEqual({
    status: 503,
    body: "draining: no new calls are accepted\nthe trunk x is silent\n",
  });
  expect((await ask(url, "/healthz")).status).toBe(200);
});

test("the figures are in Prometheus' format", async () => {
  const { status, body } = await ask(await open(), "/metrics");
  expect(status).toBe(200);
  expect(body).toContain("# TYPE trunkline_calls gauge\ntrunkline_calls 1\n");
  expect(body).toMatch(/^trunkline_process_cpu_seconds_total \d/m);
});

test.each([
  ["a name that was led here", { host: "attacker.example:9090" }, 403],
  ["a page of another site", { origin: "https://attacker.example" }, 403],
  ["a scraper that knows the address", { host: "192.0.2.7:9090" }, 200],
  ["localhost with another port", { host: "localhost:1" }, 403],
])("asked by %s", async (_who, headers, status) => {
  expect((await ask(await open(), "/metrics", headers)).status).toBe(status);
});

test.each(["/drain", "/reload", "/calls", "/status", "/calls/c1/hangup"])("%s is not there", async (path) => {
  const url = await open();
  expect((await ask(url, path, {}, "POST")).status).toBe(404);
  expect((await ask(url, path)).status).toBe(404);
});

test("silent connections do not keep monitoring out, and are counted", async () => {
  const refused: string[] = [];
  const listener = await adminListener({
    bind: { address: "127.0.0.1", port: 0 },
    operations: fakeOperations(),
    metrics: new Metrics(),
    onRefused: (source) => refused.push(source),
  });
  onTestFinished(() => listener.close());
  const port = Number(new URL(listener.url).port);
  for (let n = 0; n < 16; n += 1)
    await once(
      connect(port, "127.0.0.1").on("error", () => {}),
      "connect",
    );
  expect((await ask(listener.url, "/healthz")).status).toBe(200);
  expect(refused).toEqual(["127.0.0.1"]);
});

test("a port that is taken is said in words", async () => {
  const port = Number(new URL(await open()).port);
  const bind = { address: "127.0.0.1", port };
  await expect(adminListener({ bind, operations: fakeOperations(), metrics: new Metrics() })).rejects.toThrow(
    `Cannot serve metrics on 127.0.0.1:${port}: another program listens there. Stop it, or choose another port (admin.bind in the configuration).`,
  );
});
