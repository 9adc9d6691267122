import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { type AdoptedSocket, systemClock, webSocketTransport } from "@trunkline/sip-stack";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { WebSocket } from "ws";
import { userOf } from "../../test/fakes/config.ts";
import { fakeOperations } from "../../test/fakes/operations.ts";
import type { Access } from "../access/gate.ts";
import type { Session } from "../store/sessions.ts";
import type { Opener } from "./door.ts";
import { type HttpListener, httpListener } from "./listener.ts";

type Adopted = { readonly socket: AdoptedSocket; readonly opener: Opener };

/** Sessions that are over: a fleeting one is as soon as it was asked for. */
const ended = new Set<string>();

/** Who somebody is stands in a header of the test's own. */
const access: Access = {
  sessionOf: async ({ headers: { user, session } }) => {
    if (typeof user !== "string" || ended.has(String(session))) return undefined;
    if (session === "fleeting") ended.add(session);
    return { user: userOf(user), ...(session !== undefined && { session: { id: session } as Session }) };
  },
};

const transport = webSocketTransport();

let listener: HttpListener;
let adopted: Adopted[];
let refused: string[];
let clients: WebSocket[];

beforeEach(async () => {
  adopted = [];
  refused = [];
  clients = [];
  listener = await httpListener({
    bind: { address: "127.0.0.1", port: 0 },
    publicUrl: "https://phone.example.com",
    pages: undefined,
    access,
    operations: fakeOperations(),
    clock: systemClock,
    session: () => ({}),
    history: async () => [],
    limits: { sockets: 3, socketsPerUser: 2 },
    adopt: (socket, opener) => {
      adopted.push({ socket, opener });
      return transport.adopt(socket, opener);
    },
    onRefused: (...what) => refused.push(what.join(" ")),
  });
});

afterEach(async () => {
  for (const client of clients) client.terminate();
  await listener.close();
});

type Dial = { readonly path?: string; readonly protocols?: string[]; readonly headers?: Record<string, string> };

const anybody = (): Record<string, string> => ({ origin: listener.url });
const alice = (): Record<string, string> => ({ user: "alice" });

function dial(
  { path = "/ws", protocols = ["sip"], headers = {} }: Dial = {},
  base = { ...anybody(), ...alice() },
): WebSocket {
  const url = listener.url.replace("http:", "ws:") + path;
  const client = new WebSocket(url, protocols, { headers: { ...base, ...headers } });
  // A client that is ended before it was opened says so as an error.
  client.on("error", () => {});
  clients.push(client);
  return client;
}

async function opened(options?: Dial): Promise<WebSocket> {
  const client = dial(options);
  await once(client, "open");
  return client;
}

/** @returns the status and the code with which an upgrade was refused. */
async function refusal(options?: Dial, base?: Record<string, string>): Promise<string> {
  const [, response] = await once(dial(options, base), "unexpected-response");
  const { error } = JSON.parse(await text(response));
  return `${response.statusCode} ${error.code}`;
}

const lastAdopted = (): Adopted => adopted.at(-1) as Adopted;

describe("a signed-in user's page", () => {
  test("opens a WebSocket that is bound to the user", async () => {
    const client = await opened();
    expect(client.protocol).toBe("sip");
    const { principal, secure, local, remote } = lastAdopted().opener;
    expect({ principal, secure }).toEqual({ principal: "alice", secure: false });
    expect(`http://${local.address}:${local.port}`).toBe(listener.url);
    expect(remote.port).toBeGreaterThan(0);
  });

  test("of the encrypted public URL is known to be encrypted", async () => {
    await opened({ headers: { host: "phone.example.com", origin: "https://phone.example.com" } });
    expect(lastAdopted().opener.secure).toBe(true);
  });

  test("exchanges messages byte for byte", async () => {
    const client = await opened();
    const { socket } = lastAdopted();
    const heard = new Promise<string>((settle) => socket.on("message", (data) => settle(Buffer.from(data).toString())));
    client.send("OPTIONS sip:x SIP/2.0\r\n\r\n");
    expect(await heard).toBe("OPTIONS sip:x SIP/2.0\r\n\r\n");
    const answered = once(client, "message");
    socket.send("SIP/2.0 200 OK\r\n\r\n");
    expect(String((await answered)[0])).toBe("SIP/2.0 200 OK\r\n\r\n");
  });
});

describe("an upgrade is refused", () => {
  test.each<[string, Dial, string]>([
    ["for a foreign Host", { headers: { host: "attacker.example" } }, "403 HTTP_FOREIGN_HOST"],
    ["for a foreign Origin", { headers: { origin: "https://attacker.example" } }, "403 HTTP_FOREIGN_ORIGIN"],
    ["for an opaque Origin", { headers: { origin: "null" } }, "403 HTTP_FOREIGN_ORIGIN"],
    [
      "for a foreign Origin on a path that is not there",
      { path: "/x", headers: { origin: "http://a.example" } },
      "403 HTTP_FOREIGN_ORIGIN",
    ],
    ["on another path", { path: "/api/session" }, "404 HTTP_NOT_FOUND"],
    ["without a subprotocol", { protocols: [] }, "400 HTTP_SUBPROTOCOL_MISSING"],
    ["with another subprotocol", { protocols: ["sipx", "msrp"] }, "400 HTTP_SUBPROTOCOL_MISSING"],
  ])("%s", async (_why, options, answer) => {
    expect(await refusal(options)).toBe(answer);
    expect(adopted).toEqual([]);
    expect(refused).toHaveLength(1);
  });

  test("without an Origin, even of a signed-in user", async () => {
    expect(await refusal({}, alice())).toBe("403 HTTP_FOREIGN_ORIGIN");
  });

  test("for someone who is not signed in", async () => {
    expect(await refusal({}, anybody())).toBe("401 HTTP_NOT_SIGNED_IN");
    expect(refused).toEqual(["GET /ws 127.0.0.1 HTTP_NOT_SIGNED_IN"]);
  });

  test("in another version of the protocol", async () => {
    const { host, port } = new URL(listener.url);
    const socket = connect(Number(port), "127.0.0.1");
    const lines = [
      "GET /ws HTTP/1.1",
      `Host: ${host}`,
      `Origin: ${listener.url}`,
      "User: alice",
      "Connection: upgrade",
    ];
    const upgrade = ["Upgrade: websocket", "Sec-WebSocket-Protocol: sip", "Sec-WebSocket-Version: 7"];
    socket.write([...lines, ...upgrade, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""].join("\r\n"));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 400 .*HTTP_BAD_REQUEST/s);
    expect(refused).toEqual(["GET /ws 127.0.0.1 Missing or invalid Sec-WebSocket-Version header"]);
  });

  test("and its socket ends, though the client keeps its side open", async () => {
    const socket = connect({ port: Number(new URL(listener.url).port), host: "127.0.0.1", allowHalfOpen: true });
    socket.write("GET /ws HTTP/1.1\r\nHost: attacker.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\nConnection: close\r\n/);
    socket.destroy();
  });
});

describe("limits", () => {
  test("a user has so many sockets and no more, until one of them is closed", async () => {
    const first = await opened();
    await opened();
    expect(await refusal()).toBe("429 HTTP_TOO_MANY_DEVICES");
    const gone = new Promise<void>((settle) => adopted[0]?.socket.on("close", settle));
    first.close();
    await gone;
    await opened();
    expect(adopted).toHaveLength(3);
  });

  test("all users together have so many sockets and no more", async () => {
    for (const user of ["alice", "bob", "carol"]) await opened({ headers: { user } });
    expect(await refusal({ headers: { user: "dave" } })).toBe("503 HTTP_FULL");
  });

  test("pings are answered, and count as messages", async () => {
    const client = await opened();
    client.ping("one");
    expect(String(await once(client, "pong"))).toBe("one");
    for (let count = 0; count < 1000; count += 1) client.ping();
    expect((await once(client, "close"))[0]).toBe(1008);
    expect(refused).toEqual([expect.stringContaining("too many messages")]);
  });

  test("a message of more than 64 KiB ends the socket and is reported", async () => {
    const client = await opened();
    client.send(Buffer.alloc(64 * 1024 + 1));
    const [code] = await once(client, "close");
    expect(code).toBe(1009);
    expect(refused).toEqual(["WebSocket 127.0.0.1 Max payload size exceeded"]);
  });

  test("a message of 64 KiB is taken", async () => {
    const client = await opened();
    const heard = new Promise<number>((settle) => lastAdopted().socket.on("message", (data) => settle(data.length)));
    client.send(Buffer.alloc(64 * 1024));
    expect(await heard).toBe(64 * 1024);
  });
});

test("a plain GET of the WebSocket's address says what it speaks", async () => {
  const response = await fetch(`${listener.url}/ws`);
  expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
});

test("an upgrade to something else than WebSocket is answered as if it had not been asked for", async () => {
  const socket = connect(Number(new URL(listener.url).port), "127.0.0.1");
  const { host } = new URL(listener.url);
  socket.write(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close, upgrade\r\nUpgrade: h2c\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 .*ok$/s);
});

test("closing says goodbye to every socket and ends the ones that do not answer", async () => {
  const polite = await opened();
  const silent = await opened({ headers: { user: "bob" } });
  silent.pause();
  const goodbye = once(polite, "close");
  await listener.close();
  expect(await goodbye.then(([code]) => code)).toBe(1001);
  await expect(fetch(`${listener.url}/healthz`)).rejects.toThrow();
});

describe("a session that ends", () => {
  const of = (session: string): Dial => ({ headers: { session } });

  test("closes its own sockets, each as soon as nothing needs its way any more, and no other's", async () => {
    const [one, other] = [await opened(of("s1")), await opened(of("s2"))];
    const { promise, resolve } = Promise.withResolvers<void>();
    const closed = once(one, "close");
    listener.endSession("s1", () => promise);
    expect(one.readyState).toBe(WebSocket.OPEN);
    resolve();
    expect((await closed)[0]).toBe(4401);
    expect(other.readyState).toBe(WebSocket.OPEN);
  });

  test("leaves its sockets to the one that takes its place", async () => {
    const client = await opened(of("s1"));
    listener.moveSession("s1", "s2");
    listener.endSession("s1", async () => {});
    const closed = once(client, "close");
    expect(client.readyState).toBe(WebSocket.OPEN);
    listener.endSession("s2", async () => {});
    expect((await closed)[0]).toBe(4401);
  });

  test("while its socket is being opened closes it all the same", async () => {
    const client = dial(of("fleeting"));
    expect((await once(client, "close"))[0]).toBe(4401);
    expect(adopted).toHaveLength(1);
  });
});
