import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { testNetwork } from "../../harness/network.ts";
import { statusOf } from "../peers/counters.ts";
import { share } from "./shared.ts";

const address = `${testNetwork()}.1`;
const shared = share(() => ({ address }), {});

test("a page of another origin may neither read from the server nor open its socket", async () => {
  const foreign = createServer((_, response) => response.end("<title>elsewhere</title>")).listen(0, address);
  await once(foreign, "listening");
  onTestFinished(() => void foreign.close());
  const page = await shared.browser.context.newPage();
  onTestFinished(() => page.close());
  await page.goto(`http://${address}:${(foreign.address() as AddressInfo).port}`);
  const tried = await page.evaluate(async (url) => {
    const socket = new globalThis.WebSocket(`${url.replace("http", "ws")}/ws`, "sip");
    const opened = await new Promise((resolve) => {
      socket.onopen = () => resolve("opened");
      socket.onerror = () => resolve("refused");
    });
    const fetched = await fetch(`${url}/api/session`).then(
      () => "read",
      () => "refused",
    );
    return { fetched, opened };
  }, shared.server.url);
  expect(tried).toEqual({ fetched: "refused", opened: "refused" });
  const { refused } = (await statusOf(shared.server)).counters;
  expect(refused).toEqual({ HTTP_FOREIGN_ORIGIN: 2 });
});

const foreignNames = [
  { host: "phone.example.com" },
  { host: "phone.example.com:8080" },
  { host: `${address}:8081` },
  { origin: "https://phone.example.com" },
  { origin: "http://localhost:8081" },
  { origin: "null" },
];

test.for(foreignNames)("a request that names %o is refused, for a page, an answer and a socket", async (names) => {
  for (const path of ["/", "/api/session", "/healthz"]) expect(await answerTo(path, names)).toBe(403);
  expect(await socketAnswerTo(names)).toBe(403);
});

async function answerTo(path: string, headers: Record<string, string>): Promise<number | undefined> {
  const sent = request(`${shared.server.url}${path}`, { headers }).end();
  const [response] = await once(sent, "response");
  response.resume();
  return response.statusCode;
}

async function socketAnswerTo(names: Record<string, string>): Promise<number | undefined> {
  const headers = { origin: shared.server.url, ...names };
  const socket = new WebSocket(`${shared.server.url.replace("http", "ws")}/ws`, "sip", { headers });
  const [sent, response] = await once(socket, "unexpected-response");
  sent.destroy();
  return response.statusCode;
}
