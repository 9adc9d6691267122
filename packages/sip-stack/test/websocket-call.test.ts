import { expect, test } from "vitest";
import { type Flow, sdpBody, webSocketTransport } from "../src/index.ts";
import { FakeClock, memoryWebSocketPair } from "../src/testing/index.ts";
import { Agent, answer, answerText, dial, rest } from "./agents.ts";

const serverAt = { address: "127.0.0.1", port: 8080 };
const browserAt = { address: "127.0.0.1", port: 50_000 };

async function joined() {
  const clock = new FakeClock();
  const [serverSide, browserSide] = memoryWebSocketPair(clock);
  const servers = webSocketTransport({ clock });
  const browsers = webSocketTransport({ clock });
  const closed: Flow[] = [];
  const server = new Agent(clock, [servers], 1, {
    user: {
      onCall: (call) => server.take(call),
      onRequest: (request) => request.respond(200),
      onFlowClosed: (flow) => closed.push(flow),
    },
  });
  const browser = new Agent(clock, [browsers], 2, { contactUser: "alice" });
  await Promise.all([server.agent.listen(), browser.agent.listen()]);
  const toBrowser = servers.adopt(serverSide, { remote: browserAt, local: serverAt, principal: "alice", secure: true });
  const toServer = browsers.adopt(browserSide, { remote: serverAt, local: browserAt });
  /** Another socket between the two, of whomever. */
  const another = (principal: string) => {
    const [here, there] = memoryWebSocketPair(clock);
    return {
      toBrowser: servers.adopt(here, { remote: browserAt, local: serverAt, principal, secure: true }),
      toServer: browsers.adopt(there, { remote: serverAt, local: browserAt }),
    };
  };
  const finish = async (): Promise<void> => {
    await Promise.all([server.agent.close(), browser.agent.close()]);
    await rest(clock, [server, browser]);
    expect(clock.pending).toBe(0);
  };
  return { clock, server, browser, toBrowser, toServer, serverSide, browserSide, closed, another, finish };
}

test("a browser calls over its WebSocket and hangs up", async () => {
  const { browser, clock, finish, server, toServer } = await joined();
  server.onCall = (call) => {
    call.ring(183, { body: sdpBody("v=0\r\ns=early\r\n") });
    call.answer(answer);
  };
  const { call, user } = dial(browser, toServer);
  await clock.advance(1000);
  expect(user.answered.map(({ sdp }) => sdp)).toEqual([answerText]);
  expect(server.last().call.flow).toMatchObject({ principal: "alice", transport: "wss" });
  const [invite] = browser.wire;
  expect(invite?.message?.headers.get("Via")).toMatch(/^SIP\/2\.0\/WS 127\.0\.0\.1:50000;branch=z9hG4bK[0-9a-f]{32}$/);
  expect(invite?.message?.headers.get("Contact")).toBe("<sip:alice@127.0.0.1:50000;transport=ws>");
  call.hangUp();
  await clock.advance(100);
  expect(server.last().user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  await clock.advance(40_000);
  await rest(clock, []);
  for (const { agent } of [server, browser]) expect(agent.counters().live.transactions).toBe(0);
  await finish();
});

test("the server calls a browser over the flow that the browser opened, whatever its Contact says", async () => {
  const { browser, clock, finish, server, toBrowser } = await joined();
  browser.onCall = (call) => call.answer(answer);
  const { call, user } = dial(server, toBrowser, { uri: "sip:alice@unknown.invalid;transport=ws" });
  await clock.advance(1000);
  expect(user.answered).toHaveLength(1);
  const [outcome] = await Promise.all([call.reinvite(answer), clock.advance(100)]);
  expect(outcome).toMatchObject({ ok: true, response: { status: 200 } });
  call.hangUp();
  await clock.advance(100);
  expect(browser.last().user.ends).toHaveLength(1);
  expect(server.agent.counters().totals.refused).toEqual({});
  await finish();
});

test("a WebSocket that closes ends what rings on it, and the application hears of it", async () => {
  const { browser, browserSide, clock, closed, finish, server, toBrowser, toServer } = await joined();
  browser.onCall = (call) => call.ring(180);
  server.onCall = (call) => call.ring(180);
  const outgoing = dial(server, toBrowser);
  dial(browser, toServer);
  await clock.advance(100);
  browserSide.close();
  await clock.advance(100);
  expect(closed).toEqual([toBrowser]);
  expect(toBrowser.open).toBe(false);
  expect(outgoing.user.ends).toMatchObject([{ by: "failure", cause: "transport" }]);
  expect(server.last().user.ends).toMatchObject([{ by: "failure", cause: "transport" }]);
  const late = dial(server, toBrowser);
  await clock.advance(0);
  expect(late.user.ends).toMatchObject([{ by: "failure", cause: "transport" }]);
  await finish();
});

test("a WebSocket that closes leaves an established call alone", async () => {
  const { browser, browserSide, clock, finish, server, toServer } = await joined();
  server.onCall = (call) => call.answer(answer);
  dial(browser, toServer);
  await clock.advance(100);
  browserSide.close();
  await clock.advance(10_000);
  const { call, user } = server.last();
  expect(call.state).toBe("confirmed");
  expect(user.ends).toEqual([]);
  expect(await call.request("INFO")).toMatchObject({ ok: false, error: { code: "SIP_TRANSPORT_FAILED" } });
  call.hangUp();
  await clock.advance(0);
  expect(user.ends).toEqual([{ by: "local", cause: "hung-up" }]);
  await finish();
});

test("a browser that asks for a short session is never answered 422 and gets our least instead", async () => {
  const { browser, clock, finish, server, toServer, toBrowser } = await joined();
  server.onCall = (call) => call.answer(answer);
  browser.onCall = (call) => call.answer(answer);
  const { call, user } = dial(browser, toServer, { headers: [["Session-Expires", "20"]] });
  await clock.advance(100);
  expect(user.answered[0]?.response.headers.get("Session-Expires")).toBe("90;refresher=uas");
  const short = call.request("UPDATE", { headers: [["Session-Expires", "20"]] });
  await clock.advance(100);
  expect(await short).toMatchObject({ ok: true, response: { status: 200 } });
  const back = dial(server, toBrowser);
  await clock.advance(100);
  const invite = browser.wire.findLast(({ message }) => message?.kind === "request" && message.method === "INVITE");
  expect(invite?.message?.headers.has("Session-Expires")).toBe(false);
  for (const ended of [call, back.call]) ended.hangUp();
  await clock.advance(100);
  await finish();
});

test("a browser that has opened another socket goes on in its dialogs over that, and is reached there", async () => {
  const { another, browser, clock, finish, server, toServer } = await joined();
  server.attach = { originOf: ({ principal }) => (principal === "alice" ? "moved" : "stranger") };
  server.onCall = (call) => call.answer(answer);
  const { call, user } = dial(browser, toServer);
  await clock.advance(1000);
  const again = another("alice");
  call.follow(again.toServer);
  expect(await withTime(clock, call.request("INFO"))).toMatchObject({ ok: true, response: { status: 200 } });
  expect(server.last().call.flow).toBe(again.toBrowser);
  expect(server.last().call.remoteTarget).toBe("sip:alice@127.0.0.1:50000;transport=ws");
  expect(await withTime(clock, server.last().call.request("INFO"))).toMatchObject({ response: { status: 200 } });
  expect(user.requests[0]?.flow).toBe(again.toServer);
  server.last().call.hangUp();
  await clock.advance(40_000);
  expect(user.ends).toMatchObject([{ by: "remote", cause: "bye" }]);
  await finish();
});

test("an offer of ours that went into a dead socket does not keep out those of the browser on its next one", async () => {
  const { another, browser, clock, finish, server, serverSide, toServer } = await joined();
  server.attach = { originOf: ({ principal }) => (principal === "alice" ? "moved" : "stranger") };
  server.onCall = (call) => call.answer(answer);
  const { call } = dial(browser, toServer);
  await clock.advance(1000);
  serverSide.send = () => {};
  const lost = server.last().call.reinvite(answer);
  await clock.advance(1000);
  call.follow(another("alice").toServer);
  expect(await withTime(clock, call.reinvite(answer))).toMatchObject({ ok: true, response: { status: 200 } });
  expect(await lost).toMatchObject({ ok: false, error: { code: "SIP_TRANSPORT_FAILED" } });
  expect(await withTime(clock, server.last().call.reinvite(answer))).toMatchObject({ response: { status: 200 } });
  call.hangUp();
  await clock.advance(40_000);
  await finish();
});

test("a request from somebody else's socket is refused in the dialog, whatever tags it has", async () => {
  const { another, browser, clock, finish, server, toBrowser, toServer } = await joined();
  server.attach = { originOf: ({ principal }) => (principal === "alice" ? "moved" : "stranger") };
  server.onCall = (call) => call.answer(answer);
  const { call } = dial(browser, toServer);
  await clock.advance(1000);
  call.follow(another("mallory").toServer);
  expect(await withTime(clock, call.request("INFO"))).toMatchObject({ ok: true, response: { status: 403 } });
  expect(server.last().call.flow).toBe(toBrowser);
  expect(server.last().user.requests).toEqual([]);
  expect(server.agent.counters().totals.refused).toMatchObject({
    "request of another peer's dialog": expect.any(Number),
  });
  server.last().call.hangUp();
  await clock.advance(40_000);
  await finish();
});

async function withTime<T>(clock: FakeClock, waiting: Promise<T>): Promise<T> {
  await clock.advance(100);
  return waiting;
}
