import { once } from "node:events";
import { type IncomingHttpHeaders, request } from "node:http";
import { text } from "node:stream/consumers";
import { systemClock, systemRandom, webSocketTransport } from "@trunkline/sip-stack";
import { FakeClock } from "@trunkline/sip-stack/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Authenticator } from "../../test/fakes/authenticator.ts";
import { userOf } from "../../test/fakes/config.ts";
import { fakeOperations } from "../../test/fakes/operations.ts";
import type { AuditEntry } from "../access/audit.ts";
import { SignIn } from "../access/sign-in.ts";
import { signedInAccess } from "../access/signed-in.ts";
import { readCidr } from "../domain/address.ts";
import { asUserName, type UserName } from "../domain/names.ts";
import type { User } from "../domain/user.ts";
import { accessOperationsOf } from "../ops/access-report.ts";
import { memoryInvitations, memoryPasskeys, memorySessions } from "../store/memory-access.ts";
import type { Passkeys } from "../store/passkeys.ts";
import { type HttpListener, httpListener } from "./listener.ts";

const publicUrl = "https://phone.example.com";
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let clock: FakeClock;
let users: Map<UserName, User>;
let signIn: SignIn;
let listener: HttpListener;
let refused: string[];
let audited: AuditEntry[];
let ended: string[];

beforeEach(async () => {
  [refused, audited, ended] = [[], [], []];
  clock = new FakeClock();
  users = new Map(
    [userOf("alice"), userOf("bob"), userOf("olga", { operator: true })].map((user) => [user.name, user]),
  );
  signIn = new SignIn({
    config: { sessionDays: 30 },
    invitations: memoryInvitations(),
    sessions: memorySessions(),
    passkeys: slowPasskeys(),
    clock,
    wallClock: () => clock.nowMs(),
    random: systemRandom,
    users: () => users,
    url: () => publicUrl,
    audit: (entry) => audited.push(entry),
  });
  signIn.sessions.hearEnds(({ user }, why) => ended.push(`${user} ${why}`));
  listener = await httpListener({
    bind: { address: "127.0.0.1", port: 0 },
    publicUrl,
    trustedProxies: [readCidr("127.0.0.1")!],
    clock: systemClock,
    pages: undefined,
    access: signedInAccess(signIn.sessions, () => users),
    signIn,
    operations: { ...fakeOperations(), access: accessOperationsOf(signIn) },
    session: ({ user }) => ({ user: user.name }),
    history: async () => [],
    limits: { signInsPerMinute: 20 },
    adopt: (socket, opener) => webSocketTransport().adopt(socket, opener),
    audit: (entry) => audited.push(entry),
    onRefused: (...what) => refused.push(what.join(" ")),
  });
});
afterEach(async () => {
  signIn.close();
  await listener.close();
});

/** What some of the answers say. */
type Told = {
  readonly error?: { readonly code: string };
  readonly challenge: string;
  readonly sessions: readonly object[];
  readonly passkeys: readonly { readonly id: string }[];
};
/** How often a passkey was looked for in order to add one, and what lets the first of these looks go on. */
let looked: number;
let letOn: () => void;
let isSlow: boolean;

/** Passkeys whose store is as slow as a test wants it. */
function slowPasskeys(): Passkeys {
  const store = memoryPasskeys();
  const { promise, resolve } = Promise.withResolvers<void>();
  [looked, letOn, isSlow] = [0, resolve, false];
  return {
    ...store,
    add: async (passkey) => {
      looked += 1;
      if (isSlow) await promise;
      return store.add(passkey);
    },
  };
}

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Told };
type Asked = { readonly body?: object; readonly cookie?: string; readonly headers?: Record<string, string> };

/** Asks as a page of the public URL does, behind the proxy that ends its TLS. */
const ask = (method: "GET" | "POST", path: string, { body, cookie, headers }: Asked = {}): Promise<Answer> =>
  new Promise((settle, fail) => {
    const all = {
      host: "phone.example.com",
      origin: publicUrl,
      "x-forwarded-for": "192.0.2.77",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(cookie !== undefined && { cookie }),
      ...headers,
    };
    const asked = request(listener.url + path, { method, headers: all, agent: false }, async (response) => {
      const told = await text(response);
      const isJson = response.headers["content-type"]?.startsWith("application/json") === true;
      settle({ status: response.statusCode ?? 0, headers: response.headers, body: isJson ? JSON.parse(told) : told });
    });
    asked.once("error", fail).end(body && JSON.stringify(body));
  });

const post = (path: string, asked?: Asked): Promise<Answer> => ask("POST", path, asked);
const tokenOf = async (user: string): Promise<string> => (await signIn.invite(user, "test"))!.url.split("#join=")[1]!;
const cookieIn = ({ headers }: Answer): string => headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
const join = async (user: string): Promise<string> =>
  cookieIn(await post("/api/join", { body: { token: await tokenOf(user) } }));
const told = ({ status, body }: Answer): string => `${status} ${body.error?.code}`;

describe("a link", () => {
  test("says whom it is for as often as it is asked, and lets in once", async () => {
    const token = await tokenOf("alice");
    for (const _ of [1, 2]) expect((await post("/api/join/look", { body: { token } })).body).toEqual({ name: "Alice" });
    const joined = await post("/api/join", { body: { token } });
    expect(joined.headers["set-cookie"]).toEqual([
      expect.stringMatching(
        /^__Host-trunkline=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ),
    ]);
    expect((await ask("GET", "/api/session", { cookie: cookieIn(joined) })).body).toEqual({ user: "alice" });
    const again = await Promise.all([
      post("/api/join", { body: { token } }),
      post("/api/join/look", { body: { token } }),
    ]);
    expect(again.map(told)).toEqual(["410 HTTP_LINK_INVALID", "410 HTTP_LINK_INVALID"]);
    expect(refused).toEqual([
      "POST /api/join 192.0.2.77 HTTP_LINK_INVALID",
      "POST /api/join/look 192.0.2.77 HTTP_LINK_INVALID",
    ]);
    expect(audited).toMatchObject([
      { kind: "invited", user: "alice", by: "test" },
      { kind: "signed-in", user: "alice", way: "link", source: "192.0.2.77" },
    ]);
  });

  test("of two who use it at the same moment lets one in", async () => {
    const token = await tokenOf("alice");
    const both = await Promise.all([1, 2].map(() => post("/api/join", { body: { token } })));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 410]);
  });

  test("that is old, unknown, of a user who is gone or one too many is answered alike, byte for byte", async () => {
    const old = await tokenOf("alice");
    await clock.advance(dayMs);
    const [gone, crowded] = [await tokenOf("bob"), await tokenOf("alice")];
    users.delete(asUserName("bob"));
    for (let more = 0; more < 10; more++) await tokenOf("alice");
    const answers: object[] = [];
    for (const token of [old, gone, crowded, "A".repeat(43)])
      for (const path of ["/api/join/look", "/api/join"]) {
        const { status, headers, body } = await post(path, { body: { token } });
        answers.push({ status, body, headers: { ...headers, date: "" } });
      }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 410 });
  });

  test.each([{}, { token: "short" }, { token: 5 }, { token: `${"A".repeat(43)}\n` }, []])(
    "%j is no link",
    async (body) => {
      expect(told(await post("/api/join", { body }))).toBe("400 HTTP_BAD_REQUEST");
    },
  );
});

describe("a session", () => {
  test("is over after its days, by signing out, when it is revoked, and with its user: its sockets are told", async () => {
    const [first, second, third, fourth] = [
      await join("alice"),
      await join("alice"),
      await join("alice"),
      await join("bob"),
    ];
    const stands = async (): Promise<number[]> =>
      Promise.all(
        [first, second, third, fourth].map(async (cookie) => (await ask("GET", "/api/session", { cookie })).status),
      );
    const out = await post("/api/sign-out", { cookie: first });
    expect(out.headers["set-cookie"]?.[0]).toMatch(/^__Host-trunkline=; Max-Age=0;/);
    const [left] = await signIn.sessions.of(userOf("alice").name);
    expect((await post(`/api/devices/${left!.id}/revoke`, { cookie: third })).body).toEqual({
      sessions: 1,
      passkeys: 0,
    });
    expect(await stands()).toEqual([401, 401, 200, 200]);
    users.delete(asUserName("bob"));
    await signIn.keepUsers();
    expect(await stands()).toEqual([401, 401, 200, 401]);
    await clock.advance(30 * dayMs + 60_000);
    expect(await stands()).toEqual([401, 401, 401, 401]);
    expect(ended).toEqual(["alice signed-out", "alice revoked", "bob user-removed", "alice expired"]);
  });

  test("in the same browser takes the place of the one before", async () => {
    const before = await join("alice");
    await post("/api/join", { cookie: before, body: { token: await tokenOf("alice") } });
    expect((await ask("GET", "/api/session", { cookie: before })).status).toBe(401);
    expect(ended).toEqual(["alice replaced"]);
  });

  test("that is revoked takes the links with it that it may have made", async () => {
    const [thief, owner] = [await join("alice"), await join("alice")];
    const { url } = (await post("/api/devices/link", { cookie: thief })).body as unknown as { url: string };
    const [session] = await signIn.sessions.of(userOf("alice").name);
    await post(`/api/devices/${session!.id}/revoke`, { cookie: owner });
    expect(told(await post("/api/join", { body: { token: url.split("#join=")[1] } }))).toBe("410 HTTP_LINK_INVALID");
  });

  test("of a user who is gone, her links and her passkeys are nobody's who has her name later", async () => {
    const cookie = await join("bob");
    const token = await tokenOf("bob");
    await enrolled(cookie);
    users.delete(asUserName("bob"));
    await signIn.keepUsers();
    users.set(asUserName("bob"), userOf("bob"));
    expect((await ask("GET", "/api/session", { cookie })).status).toBe(401);
    expect((await post("/api/join", { body: { token } })).status).toBe(410);
    expect(await signIn.passkeys.all()).toEqual([]);
  });

  test("of another user can be neither seen nor ended; a user has fifty at most", async () => {
    const [alice, bob] = [await join("alice"), await join("bob")];
    const [hers] = await signIn.sessions.of(userOf("alice").name);
    expect((await ask("GET", "/api/devices", { cookie: bob })).body.sessions).toHaveLength(1);
    expect(told(await post(`/api/devices/${hers!.id}/revoke`, { cookie: bob }))).toBe("404 HTTP_NO_SUCH_SESSION");
    expect((await ask("GET", "/api/session", { cookie: alice })).status).toBe(200);
    for (let more = 0; more < 50; more++) await signIn.sessions.begin(userOf("alice").name, "link", visitor);
    expect(await signIn.sessions.of(userOf("alice").name)).toHaveLength(50);
    expect((await ask("GET", "/api/session", { cookie: alice })).status).toBe(401);
  });

  test.each([
    "",
    "__Host-trunkline=",
    `__Host-trunkline=${"A".repeat(43)}`,
    `__Host-trunkline=${"A".repeat(9000)}`,
    "%%%",
  ])("is not that of the cookie %s", async (cookie) => {
    expect([401, 431, 400]).toContain((await ask("GET", "/api/session", { headers: { cookie } })).status);
  });
});

const visitor = { source: "192.0.2.77", browser: "Chrome on Linux" };
const rpId = "phone.example.com";

async function enrolled(cookie: string, authenticator = new Authenticator()): Promise<Authenticator> {
  const { challenge } = (await post("/api/passkeys/options", { cookie })).body;
  const body = authenticator.register({ challenge, origin: publicUrl, rpId });
  expect((await post("/api/passkeys", { cookie, body })).status).toBe(200);
  return authenticator;
}

const challengeOf = async (): Promise<string> => (await post("/api/sign-in/options")).body.challenge;

describe("a passkey", () => {
  test("made in a session lets its user in again; taking it back ends both sessions", async () => {
    const cookie = await join("alice");
    const authenticator = await enrolled(cookie);
    const question = { challenge: await challengeOf(), origin: publicUrl, rpId };
    const signedIn = await post("/api/sign-in", { body: authenticator.authenticate(question) });
    expect((await ask("GET", "/api/session", { cookie: cookieIn(signedIn) })).body).toEqual({ user: "alice" });
    const { passkeys } = (await ask("GET", "/api/devices", { cookie })).body;
    expect((await post(`/api/devices/${passkeys[0]?.id}/revoke`, { cookie })).body).toEqual({
      sessions: 2,
      passkeys: 1,
    });
    const again = { challenge: await challengeOf(), origin: publicUrl, rpId };
    expect(told(await post("/api/sign-in", { body: authenticator.authenticate(again) }))).toBe(
      "401 HTTP_SIGN_IN_REFUSED",
    );
    expect(audited.map(({ kind }) => kind)).toContain("passkey-removed");
  });

  test("is refused alike, byte for byte, when it is unknown, of a user who is gone, or its answer wrong in any way", async () => {
    const [cookie, bobs] = [await join("alice"), await join("bob")];
    const [alice, bob] = [await enrolled(cookie), await enrolled(bobs)];
    const good = { origin: publicUrl, rpId };
    const used = await challengeOf();
    await post("/api/sign-in", { body: alice.authenticate({ ...good, challenge: used }) });
    users.delete(asUserName("bob"));
    const ask = async (): Promise<string> => challengeOf();
    const bodies = [
      new Authenticator().authenticate({ ...good, challenge: await ask() }),
      bob.authenticate({ ...good, challenge: await ask() }),
      alice.authenticate({ ...good, challenge: used }),
      alice.authenticate({ ...good, challenge: "A".repeat(43) }),
      alice.authenticate({ ...good, origin: "https://attacker.example", challenge: await ask() }),
      alice.authenticate({ ...good, rpId: "attacker.example", challenge: await ask() }),
      alice.authenticate({ ...good, challenge: await ask() }, { isVerified: false }),
      alice.authenticate({ ...good, challenge: await ask() }, { counter: 1 }),
      alice.authenticate({ ...good, challenge: await ask() }, { signature: Buffer.alloc(70, 1) }),
    ];
    const answers: object[] = [];
    for (const body of bodies) {
      const {
        status,
        headers,
        body: said,
      } = await post("/api/sign-in", { body, headers: { "x-forwarded-for": "192.0.2.78" } });
      answers.push({ status, said, headers: { ...headers, date: "" } });
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 401, said: { error: { code: "HTTP_SIGN_IN_REFUSED" } } });
    expect((await signIn.sessions.all()).length).toBe(3);
  });

  test("of one session's challenge cannot be made in another, nor by nobody, nor twice", async () => {
    const [alice, bob] = [await join("alice"), await join("bob")];
    const { challenge } = (await post("/api/passkeys/options", { cookie: alice })).body;
    const body = new Authenticator().register({ challenge, origin: publicUrl, rpId });
    expect(told(await post("/api/passkeys", { cookie: bob, body }))).toBe("400 HTTP_BAD_REQUEST");
    expect(told(await post("/api/passkeys", { body }))).toBe("401 HTTP_NOT_SIGNED_IN");
    const authenticator = await enrolled(alice);
    const { challenge: next } = (await post("/api/passkeys/options", { cookie: bob })).body;
    const stolen = authenticator.register({ challenge: next, origin: publicUrl, rpId });
    expect(told(await post("/api/passkeys", { cookie: bob, body: stolen }))).toBe("400 HTTP_BAD_REQUEST");
    expect((await signIn.passkeys.all()).map(({ user }) => user)).toEqual(["alice"]);
  });

  test("whose account was answered wrongly for ten times is shut for ten minutes to whoever did that, and not to its owner", async () => {
    const authenticator = await enrolled(await join("alice"));
    const answer = async (from: string, tampering = {}): Promise<number> => {
      const headers = { "x-forwarded-for": from };
      const { challenge } = (await post("/api/sign-in/options")).body;
      const body = authenticator.authenticate({ challenge, origin: publicUrl, rpId }, tampering);
      return (await post("/api/sign-in", { body, headers })).status;
    };
    for (let count = 1; count <= 10; count++) expect(await answer("192.0.2.1", { isVerified: false })).toBe(401);
    expect(await answer("192.0.2.1")).toBe(401);
    expect(refused.at(-1)).toBe("POST /api/sign-in 192.0.2.1 too many wrong answers for this user");
    expect(await answer("192.0.2.2")).toBe(200);
    await clock.advance(600_000);
    expect(await answer("192.0.2.1")).toBe(200);
  });

  test("that is taken back ends what was begun with it and where it was made, whichever other passkeys there are", async () => {
    const made = await join("alice");
    const first = await enrolled(made);
    const question = { challenge: await challengeOf(), origin: publicUrl, rpId };
    const begun = cookieIn(await post("/api/sign-in", { body: first.authenticate(question) }));
    const second = await enrolled(begun);
    const own = async () => (await ask("GET", "/api/devices", { cookie: begun })).body.passkeys;
    const [one] = await own();
    expect((await post(`/api/devices/${one?.id}/revoke`, { cookie: begun })).body).toEqual({
      sessions: 2,
      passkeys: 1,
    });
    for (const cookie of [made, begun]) expect((await ask("GET", "/api/session", { cookie })).status).toBe(401);
    const again = { challenge: await challengeOf(), origin: publicUrl, rpId };
    expect((await post("/api/sign-in", { body: second.authenticate(again) })).status).toBe(200);
  });

  test("that is made while its session is ended lets nobody in", async () => {
    const cookie = await join("alice");
    const { challenge } = (await post("/api/passkeys/options", { cookie })).body;
    const body = new Authenticator().register({ challenge, origin: publicUrl, rpId });
    isSlow = true;
    const made = post("/api/passkeys", { cookie, body });
    await vi.waitFor(() => expect(looked).toBe(1));
    await signIn.sessions.endAll(() => true, "revoked", "test");
    letOn();
    expect(told(await made)).toBe("401 HTTP_NOT_SIGNED_IN");
    expect(await signIn.passkeys.all()).toEqual([]);
  });
});

describe("an address that asks to be let in too often", () => {
  const look = (from: string, headers = {}): Promise<Answer> =>
    post("/api/join/look", { body: { token: "A".repeat(43) }, headers: { "x-forwarded-for": from, ...headers } });

  test("is not listened to for a while; others behind the same proxy are", async () => {
    for (let count = 0; count < 10; count++) expect((await look("192.0.2.1")).status).toBe(410);
    for (let count = 0; count < 10; count++)
      expect((await post("/api/sign-in/options", { headers: { "x-forwarded-for": "192.0.2.1" } })).status).toBe(200);
    expect(told(await look("192.0.2.1"))).toBe("429 HTTP_TOO_MANY_ATTEMPTS");
    expect(refused.at(-1)).toBe("POST /api/join/look 192.0.2.1 HTTP_TOO_MANY_ATTEMPTS");
    expect((await look("192.0.2.2")).status).toBe(410);
  });

  test("is one household in IPv6, and what it writes itself into the header does not make it another", async () => {
    for (let count = 0; count < 20; count++) await look(`203.0.113.${count}, 2001:db8:1:2::${count}`);
    expect((await look("203.0.113.99, 2001:db8:1:2:ffff::1")).status).toBe(429);
    expect((await look("2001:db8:1:3::1")).status).toBe(410);
  });
});

describe("the operator's API", () => {
  const paths = [
    "/api/status",
    "/api/calls",
    "/api/calls/c1",
    "/api/calls/c1/ladder",
    "/api/registrations",
    "/api/trunk",
    "/api/refusals",
    "/api/sessions",
  ];

  test.each(paths)("%s is for operators alone, and leaves a line in the audit", async (path) => {
    const [alice, olga] = [await join("alice"), await join("olga")];
    expect(told(await ask("GET", path))).toBe("401 HTTP_NOT_SIGNED_IN");
    expect(told(await ask("GET", path, { cookie: alice }))).toBe("403 HTTP_OPERATORS_ONLY");
    expect(audited.filter(({ kind }) => kind === "operator-act")).toEqual([]);
    expect((await ask("GET", path, { cookie: olga })).status).toBe(200);
    expect(audited.at(-1)).toEqual({ kind: "operator-act", by: "olga", act: `GET ${path}`, source: "192.0.2.77" });
  });

  test("acts are told with whose they are", async () => {
    const [alice, olga] = [await join("alice"), await join("olga")];
    expect((await post("/api/calls/c1/hangup", { cookie: olga })).body).toEqual({ id: "c1", hungUp: true });
    expect((await post("/api/invite", { cookie: olga, body: { user: "bob" } })).body).toMatchObject({ user: "bob" });
    expect(audited.at(-1)).toEqual({ kind: "invited", user: "bob", by: "olga" });
    const [session] = await signIn.sessions.of(userOf("alice").name);
    expect((await post(`/api/sessions/${session!.id}/revoke`, { cookie: olga })).body).toEqual({
      sessions: 1,
      passkeys: 0,
    });
    expect(audited.at(-1)).toMatchObject({ kind: "session-ended", user: "alice", why: "revoked", by: "olga" });
    for (const path of ["/api/calls/c1/hangup", "/api/invite", "/api/sessions/revoke", "/api/sessions/x/revoke"])
      expect((await post(path, { cookie: alice, body: { user: "alice" } })).status).toBe(401);
    users.set(asUserName("olga"), userOf("olga"));
    expect(told(await post("/api/calls/c1/hangup", { cookie: olga }))).toBe("403 HTTP_OPERATORS_ONLY");
  });

  test("asks who it is once the whole request is there: whoever was revoked meanwhile does nothing", async () => {
    const cookie = await join("olga");
    const headers = { host: "phone.example.com", origin: publicUrl, cookie, "content-type": "application/json" };
    const body = JSON.stringify({ user: "olga" });
    const slow = request(`${listener.url}/api/invite`, {
      method: "POST",
      agent: false,
      headers: { ...headers, "content-length": body.length },
    });
    slow.write(body.slice(0, 5));
    expect((await ask("GET", "/api/status", { cookie })).status).toBe(200);
    await signIn.revokeUser("olga", "test");
    const before = audited.length;
    slow.end(body.slice(5));
    const [response] = await once(slow, "response");
    response.resume();
    expect([response.statusCode, audited.slice(before)]).toEqual([401, []]);
  });

  test("neither reads history and traces nor changes the server: that is the admin socket's", async () => {
    const olga = await join("olga");
    for (const path of ["/api/trace", "/api/drain", "/api/reload", "/api/simulate/call"])
      expect((await post(path, { cookie: olga, body: {} })).status).toBe(404);
  });
});

const changes = [
  "/api/join/look",
  "/api/join",
  "/api/sign-in/options",
  "/api/sign-in",
  "/api/sign-out",
  "/api/passkeys/options",
  "/api/passkeys",
  "/api/devices/link",
  "/api/devices/x/revoke",
  "/api/calls/c1/hangup",
  "/api/invite",
  "/api/sessions/x/revoke",
  "/api/sessions/revoke",
];

test.each(changes)(
  "POST %s from a page of another site changes nothing, though the browser brings the cookie",
  async (path) => {
    const cookie = await join("olga");
    const before = audited.length;
    const token = await tokenOf("bob");
    for (const headers of [
      { origin: "https://attacker.example" },
      { origin: "null" },
      { host: "attacker.example" },
    ] as Record<string, string>[])
      expect((await post(path, { cookie, headers, body: { token, user: "alice" } })).status).toBe(403);
    expect(audited.slice(before)).toMatchObject([{ kind: "invited", user: "bob" }]);
    expect((await post("/api/join/look", { body: { token } })).status).toBe(200);
  },
);

test("every answer forbids what a page need not do, and over TLS other ways than TLS", async () => {
  for (const path of ["/", "/api/session", "/api/access", "/nothing"]) {
    const { headers } = await ask("GET", path);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "referrer-policy": "no-referrer",
      "x-frame-options": "DENY",
      "x-content-type-options": "nosniff",
      "permissions-policy": expect.stringContaining("geolocation=()"),
    });
  }
});
