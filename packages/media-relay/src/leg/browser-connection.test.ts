import { describe, expect, test } from "vitest";
import type { Address, DatagramSocket } from "../kernel/datagrams.ts";
import { WorkerGone } from "../kernel/errors.ts";
import { Tally } from "../kernel/refusals.ts";
import { PortPool } from "../socket/port-pool.ts";
import type { SrtpKeys } from "../srtp/keys.ts";
import { type IceRole, readBindingRequest } from "../stun/request.ts";
import { writeRequest, writeSuccess } from "../stun/write.ts";
import { FakeClock } from "../testing/fake-clock.ts";
import { writeForbidden } from "../testing/forbidden.ts";
import { MemoryNetwork } from "../testing/memory-network.ts";
import { seededRandom } from "../testing/seeded-random.ts";
import type { ChosenPath, Handshakes, HandshakeUser } from "../webrtc/handshake.ts";
import { BrowserConnection } from "./browser-connection.ts";

const master = { key: new Uint8Array(16), salt: new Uint8Array(14) };
const keys: SrtpKeys = { profile: "AES_CM_128_HMAC_SHA1_80", local: master, remote: master };
const ours = { fragment: "ours", password: "our password" };
const theirs = { fragment: "them", password: "their password" };
const agreed = { payloadTypes: { pcmu: 0 }, direction: "sendrecv" } as const;
const media = Uint8Array.of(0x80, 0, 1, 2, 3);

/** Handshakes that do what the test says. */
function puppetHandshakes() {
  const state = {
    user: undefined as HandshakeUser | undefined,
    received: [] as Uint8Array[],
    closed: 0,
    isGone: false,
  };
  const described = { sdp: "v=0", user: ours };
  const handshakes: Handshakes = {
    size: 0,
    open: async (_spec, user) => {
      if (state.isGone) throw new WorkerGone("the handshake thread is not running");
      state.user = user;
      return {
        receive: (_host, bytes) => state.received.push(bytes),
        offer: async () => described,
        accept: async () => agreed,
        answer: async () => ({ ...described, agreed }),
        close: async () => {
          state.closed += 1;
        },
      };
    },
    close: async () => {},
  };
  return { state, handshakes };
}

async function connecting(options: { readonly isGone?: boolean } = {}) {
  const [clock, network, random, tally] = [new FakeClock(), new MemoryNetwork(), seededRandom(5), new Tally()];
  const pool = new PortPool(network, clock, { first: 20_000, last: 20_009, restMs: 0 }, 0);
  const puppet = puppetHandshakes();
  puppet.state.isGone = options.isGone ?? false;
  const told: string[] = [];
  const place = { clock, random, tally, pool, hosts: { hosts: ["10.0.0.1"] }, handshakes: puppet.handshakes };
  const opening = BrowserConnection.open(place, {
    ssrc: 1,
    onKeys: () => told.push("keys"),
    onLive: () => told.push("live"),
    onInterrupted: () => told.push("interrupted"),
    onLost: (why) => told.push(why),
    onRtp: () => told.push("rtp"),
    onRtcp: () => told.push("rtcp"),
  });
  const heard: Uint8Array[] = [];
  const isAnswering = { now: true };
  const browser = await network.bind(
    { address: "10.1.0.1", port: 4000 },
    {
      onDatagram: (bytes, from) => {
        heard.push(bytes);
        if (isAnswering.now && readBindingRequest(bytes) !== undefined) answer(browser, bytes, from);
      },
      onError: () => {},
    },
  );
  return { ...puppet, opening, clock, network, random, told, heard, browser, isAnswering, tally };
}

const answer = (from: DatagramSocket, request: Uint8Array, to: Address): void =>
  from.send(writeSuccess(request, to, theirs.password), to);

/** What the browser asks. */
const question = (transaction: Uint8Array, role: IceRole = "controlling"): Uint8Array =>
  writeRequest({
    transaction,
    username: "ours:them",
    role,
    tieBreaker: 2n,
    password: ours.password,
  });

const pathTo = (port: number, changes: Partial<ChosenPath> = {}): ChosenPath => ({
  host: 0,
  to: { address: "10.1.0.1", port },
  ours,
  theirs,
  role: "controlled",
  tieBreaker: 1n,
  ...changes,
});
const relay: Address = { address: "10.0.0.1", port: 20_000 };

/** A connection over which media flows. */
async function live() {
  const all = await connecting();
  const connection = await all.opening;
  await connection.answer("v=0");
  all.state.user!.onPath(pathTo(4000));
  all.state.user!.onKeys(keys);
  return { ...all, connection };
}

describe("a connection to a browser", () => {
  test.each(["keys first", "path first"])(
    "is live with keys and a path, and sends nothing before: %s",
    async (order) => {
      const { opening, state, told, heard } = await connecting();
      const connection = await opening;
      const steps = [() => state.user!.onKeys(keys), () => state.user!.onPath(pathTo(4000))];
      for (const step of order === "keys first" ? steps : steps.reverse()) {
        connection.send(media);
        step();
      }
      expect({ told, heard }).toEqual({ told: ["keys", "live"], heard: [] });
      connection.send(media);
      expect(heard).toEqual([media]);
      await connection.close();
    },
  );

  test("that never comes is lost after 20 seconds from the description on", async () => {
    const { opening, clock, told } = await connecting();
    const connection = await opening;
    await connection.offer();
    await clock.advance(60_000);
    expect(told).toEqual([]);
    await connection.accept("v=0");
    await clock.advance(19_999);
    expect(told).toEqual([]);
    await clock.advance(1);
    expect(told).toEqual(["no connection within 20 seconds"]);
    await connection.close();
    expect(clock.pending).toBe(0);
  });

  test("whose browser falls silent is lost 30 seconds later: nothing more is sent, until ICE is begun anew", async () => {
    const { connection, state, told, heard, clock, isAnswering, random, browser } = await live();
    await clock.advance(60_000);
    expect(told).toEqual(["keys", "live"]);
    isAnswering.now = false;
    await clock.advance(36_000);
    expect(told.slice(2)).toEqual(["interrupted", "consent lost: the browser has not answered for 30 seconds"]);
    const before = heard.length;
    connection.send(media);
    expect(heard).toHaveLength(before);
    // It is still answered: a path that ICE chooses may be the same.
    const asked = question(random(12));
    browser.send(asked, relay);
    expect(heard.at(-1)).toEqual(writeSuccess(asked, browser.local, ours.password));
    state.user!.onPath(pathTo(4000, { role: "controlling" }));
    expect(told).toHaveLength(4);
    isAnswering.now = true;
    state.user!.onPath(pathTo(4000, { ours: { fragment: "anew", password: "another" } }));
    expect(told.at(-1)).toBe("live");
    connection.send(media);
    expect(heard.at(-1)).toEqual(media);
    await clock.advance(60_000);
    expect(told).toHaveLength(5);
    await connection.close();
    expect(clock.pending).toBe(0);
  });

  test("follows the path without a word, and asks for consent over the new one", async () => {
    const { connection, state, told, heard, network, clock } = await live();
    const moved: Uint8Array[] = [];
    const place = { address: "10.1.0.1", port: 4001 };
    const other = await network.bind(place, {
      onDatagram: (bytes, from) => {
        moved.push(bytes);
        if (readBindingRequest(bytes) !== undefined) answer(other, bytes, from);
      },
      onError: () => {},
    });
    const before = heard.length;
    state.user!.onPath(pathTo(4001));
    connection.send(media);
    await clock.advance(60_000);
    expect(moved[0]).toEqual(media);
    expect(moved.length).toBeGreaterThan(9);
    expect({ told, heard: heard.length }).toEqual({ told: ["keys", "live"], heard: before });
    await connection.close();
  });

  test.each(["controlling", "controlled"] as const)(
    "whose NAT moves it is followed with its first media from there, while we are %s",
    async (role) => {
      const { connection, state, told, network, clock, browser, random } = await live();
      state.user!.onPath(pathTo(4000, { role }));
      const moved: Uint8Array[] = [];
      const other = await network.bind(
        { address: "10.1.0.1", port: 4001 },
        {
          onDatagram: (bytes, from) => {
            moved.push(bytes);
            if (readBindingRequest(bytes) !== undefined) answer(other, bytes, from);
          },
          onError: () => {},
        },
      );
      browser.send(media, relay);
      other.send(question(random(12), role === "controlled" ? "controlling" : "controlled"), relay);
      connection.send(media);
      expect(moved.filter((bytes) => bytes[0] === 0x80)).toEqual([]);
      other.send(media, relay);
      connection.send(media);
      expect(moved.at(-1)).toEqual(media);
      await clock.advance(60_000);
      expect(told.filter((one) => one !== "rtp")).toEqual(["keys", "live"]);
      await connection.close();
      expect(clock.pending).toBe(0);
    },
  );

  test("that is silent on its path is followed by its checks alone, and has consent again", async () => {
    const { connection, told, network, clock, isAnswering, random } = await live();
    isAnswering.now = false;
    await clock.advance(36_000);
    const moved: Uint8Array[] = [];
    const other = await network.bind(
      { address: "10.1.0.9", port: 4001 },
      {
        onDatagram: (bytes, from) => {
          moved.push(bytes);
          if (readBindingRequest(bytes) !== undefined) answer(other, bytes, from);
        },
        onError: () => {},
      },
    );
    other.send(question(random(12)), relay);
    expect(told.at(-1)).toBe("live");
    connection.send(media);
    expect(moved.at(-1)).toEqual(media);
    await connection.close();
  });

  test("stays where it is when somebody repeats its checks from elsewhere and cannot answer ours", async () => {
    const { connection, heard, network, clock, isAnswering, random } = await live();
    isAnswering.now = false;
    await clock.advance(20_000);
    const stranger = await network.bind(
      { address: "10.6.6.6", port: 1 },
      {
        onDatagram: (bytes, from) => {
          if (readBindingRequest(bytes) !== undefined) stranger.send(writeSuccess(bytes, from, "guessed"), from);
        },
        onError: () => {},
      },
    );
    stranger.send(question(random(12)), relay);
    stranger.send(media, relay);
    connection.send(media);
    expect(heard.at(-1)).toEqual(media);
    await connection.close();
  });

  test("whose browser revokes consent is lost at once", async () => {
    const { connection, told, clock, heard, isAnswering, browser } = await live();
    isAnswering.now = false;
    await clock.advance(6000);
    browser.send(writeForbidden(heard.at(-1)!, "guessed"), relay);
    expect(told).toEqual(["keys", "live"]);
    browser.send(writeForbidden(heard.at(-1)!, theirs.password), relay);
    expect(told).toEqual(["keys", "live", "consent revoked: the browser answered 403 (Forbidden)"]);
    const before = heard.length;
    connection.send(media);
    await clock.advance(60_000);
    expect(heard).toHaveLength(before);
    await connection.close();
  });

  test("plays another part when ICE says so, with the consent that it has", async () => {
    const { connection, state, heard, clock } = await live();
    await clock.advance(6000);
    state.user!.onPath(pathTo(4000, { role: "controlling" }));
    await clock.advance(6000);
    expect(heard.map((bytes) => readBindingRequest(bytes)?.role)).toEqual(["controlled", "controlling"]);
    await connection.close();
  });

  test.each([
    ["before it is up: it is lost, once", false],
    ["while it is up: it goes on", true],
  ])("whose handshake fails %s", async (_, isUp) => {
    const { connection, state, told } = isUp
      ? await live()
      : await connecting().then(async (all) => ({ ...all, connection: await all.opening }));
    state.user!.onFailed("the handshake thread ended");
    state.user!.onFailed("the handshake thread ended");
    expect(told).toEqual(isUp ? ["keys", "live"] : ["the handshake thread ended"]);
    await connection.close();
  });

  test("that is closed leaves no socket and no timer, closes its handshake, and hears nothing more", async () => {
    const { connection, state, told, network, clock } = await live();
    await Promise.all([connection.close(), connection.close()]);
    state.user!.onPath(pathTo(4001));
    state.user!.onFailed("late");
    await clock.advance(60_000);
    expect({ open: network.open, pending: clock.pending, told }).toEqual({
      open: 1,
      pending: 0,
      told: ["keys", "live"],
    });
    expect(state.closed).toBe(1);
  });

  test("whose handshake cannot be opened leaves no socket", async () => {
    const { opening, network } = await connecting({ isGone: true });
    await expect(opening).rejects.toMatchObject({ code: "MEDIA_WORKER_GONE" });
    expect(network.open).toBe(1);
  });

  test("sends what the handshake wants sent, and gives it what is not media", async () => {
    const { opening, state, heard, told, browser, random } = await connecting();
    const connection = await opening;
    await connection.offer();
    state.user!.send(0, Uint8Array.of(22, 1), browser.local);
    state.user!.send(7, Uint8Array.of(22, 2), browser.local);
    expect(heard).toEqual([Uint8Array.of(22, 1)]);
    const asked = question(random(12));
    for (const bytes of [asked, Uint8Array.of(22, 254), media, Uint8Array.of(0x80, 200)]) browser.send(bytes, relay);
    expect(state.received).toEqual([asked, Uint8Array.of(22, 254)]);
    expect(told).toEqual(["rtp", "rtcp"]);
    await connection.close();
  });
});
