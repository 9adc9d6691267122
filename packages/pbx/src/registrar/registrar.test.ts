import { type Flow, type IncomingRequest, parseMessage, type SipRequest } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import { userOf } from "../../test/fakes/config.ts";
import { memoryBindings } from "../store/memory.ts";
import { Registrar } from "./registrar.ts";

const alice = userOf("alice");
const flow = (id: string): Flow => ({
  id,
  transport: "ws",
  local: { address: "127.0.0.1", port: 80 },
  remote: { address: "127.0.0.1", port: 9 },
  open: true,
});
const udpFlow = (address: string, port = 5060): Flow => ({
  ...flow(`udp ${address}:${port}`),
  transport: "udp",
  remote: { address, port },
});

function register(
  changes: { aor?: string; contacts?: readonly string[]; callId?: string; cseq?: number; expires?: string } = {},
): SipRequest {
  const { aor = "alice", contacts = ["<sip:a1@x.invalid;transport=ws>"], callId = "c1", cseq = 1, expires } = changes;
  const lines = [
    "REGISTER sip:trunkline.invalid SIP/2.0",
    "Via: SIP/2.0/WS x.invalid;branch=z9hG4bK1",
    "Max-Forwards: 70",
    `From: <sip:${aor}@trunkline.invalid>;tag=1`,
    `To: <sip:${aor}@trunkline.invalid>`,
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} REGISTER`,
    ...contacts.map((contact) => `Contact: ${contact}`),
    ...(expires === undefined ? [] : [`Expires: ${expires}`]),
    "Content-Length: 0",
    "",
    "",
  ];
  const parsed = parseMessage(Buffer.from(lines.join("\r\n")));
  if (!parsed.ok || parsed.value.kind !== "request") throw new Error("not a request");
  return parsed.value;
}

function makeRegistrar() {
  let nowMs = 0;
  const registrar = new Registrar({ bindings: memoryBindings(), node: "n1", wallClock: () => nowMs });
  const send = async (request: SipRequest, over: Flow = flow("f1")) => {
    const answers: { status: number; contacts: readonly string[] }[] = [];
    const incoming: IncomingRequest = {
      request,
      flow: over,
      respond: (status, options) =>
        answers.push({
          status,
          contacts: [...(options?.headers ?? [])].filter(([name]) => name === "Contact").map(([, value]) => value),
        }),
    };
    await registrar.register(incoming, alice);
    expect(answers).toHaveLength(1);
    return answers[0]!;
  };
  const reachable = async () => (await registrar.reachable(alice.name)).map(({ binding }) => binding.contact);
  return {
    registrar,
    send,
    reachable,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

test("a registration can be rung until it expires; the answer lists it with the time left", async () => {
  const { send, reachable, pass } = makeRegistrar();
  expect(await send(register({ expires: "300" }))).toEqual({
    status: 200,
    contacts: ["<sip:a1@x.invalid;transport=ws>;expires=300"],
  });
  pass(299_000);
  expect(await reachable()).toEqual(["sip:a1@x.invalid;transport=ws"]);
  pass(1000);
  expect(await reachable()).toEqual([]);
});

test("nobody registers in another user's name", async () => {
  const { send, reachable } = makeRegistrar();
  expect((await send(register({ aor: "bob" }))).status).toBe(403);
  expect(await reachable()).toEqual([]);
});

test("two pages of one user stand side by side; a closed socket takes only its own away", async () => {
  const { registrar, send, reachable } = makeRegistrar();
  await send(register(), flow("f1"));
  const second = await send(register({ contacts: ["<sip:a2@x.invalid>"], callId: "c2" }), flow("f2"));
  expect(second.contacts).toHaveLength(2);
  await registrar.flowClosed(flow("f1"));
  expect(await reachable()).toEqual(["sip:a2@x.invalid"]);
});

test("a device that registers from another place takes its old place with it, and no other device's", async () => {
  const { send, reachable } = makeRegistrar();
  const at = (place: string, id: string) => `<sip:${place}@x.invalid;transport=ws>;+sip.instance="<urn:uuid:${id}>"`;
  await send(register({ contacts: [at("old", "1")] }));
  await send(register({ contacts: [at("other", "2")], callId: "c2" }), flow("f2"));
  await send(register({ contacts: [at("new", "1")], callId: "c3" }), flow("f3"));
  expect(await reachable()).toEqual(["sip:other@x.invalid;transport=ws", "sip:new@x.invalid;transport=ws"]);
});

test("a contact is removed by expires 0 and all of them by a star", async () => {
  const { send, reachable } = makeRegistrar();
  await send(register());
  await send(register({ contacts: ["<sip:a1@x.invalid;transport=ws>;expires=0"], cseq: 2 }));
  expect(await reachable()).toEqual([]);
  await send(register({ cseq: 3 }));
  await send(register({ contacts: ["<sip:a2@x.invalid>"], cseq: 4 }));
  expect(await send(register({ contacts: ["*"], expires: "0", cseq: 5 }))).toEqual({ status: 200, contacts: [] });
  expect(await reachable()).toEqual([]);
});

test("an older request of the same dialog changes nothing", async () => {
  const { send, reachable } = makeRegistrar();
  await send(register({ cseq: 7 }));
  expect((await send(register({ contacts: ["<sip:a1@x.invalid;transport=ws>;expires=0"], cseq: 6 }))).status).toBe(500);
  expect(await reachable()).toHaveLength(1);
});

test("a user has a bounded number of devices", async () => {
  const { send, reachable } = makeRegistrar();
  for (let at = 0; at < 10; at++) await send(register({ contacts: [`<sip:d${at}@x.invalid>`], callId: `c${at}` }));
  expect((await send(register({ contacts: ["<sip:d10@x.invalid>"], callId: "c10" }))).status).toBe(503);
  expect(await reachable()).toHaveLength(10);
});

test("a star with anything beside it is refused", async () => {
  const { send } = makeRegistrar();
  expect((await send(register({ contacts: ["*"], expires: "60" }))).status).toBe(400);
});

const privateContact = "<sip:alice@192.168.1.10:5060>";

test("two phones with the same private Contact behind different NATs are both reached", async () => {
  const { send, registrar } = makeRegistrar();
  await send(register({ contacts: [privateContact], callId: "home" }), udpFlow("10.0.0.1"));
  await send(register({ contacts: [privateContact], callId: "work" }), udpFlow("10.0.0.2"));
  const places = async () => (await registrar.reachable(alice.name)).map(({ binding }) => binding.source.address);
  expect(await places()).toEqual(["10.0.0.1", "10.0.0.2"]);
  await send(register({ contacts: [privateContact], callId: "home", cseq: 2, expires: "0" }), udpFlow("10.0.0.1"));
  expect(await places()).toEqual(["10.0.0.2"]);
});

test.each([
  ["its NAT gave another port, by its Call-ID", "home", udpFlow("10.0.0.9", 6000)],
  ["it has restarted, by its address", "anew", udpFlow("10.0.0.1", 6000)],
])("a phone that registers again is reached once: %s", async (_, callId, over) => {
  const { send, registrar } = makeRegistrar();
  await send(register({ contacts: [privateContact], callId: "home" }), udpFlow("10.0.0.1"));
  await send(register({ contacts: [privateContact], callId, cseq: 2 }), over);
  expect((await registrar.reachable(alice.name)).map(({ binding }) => binding.source.port)).toEqual([6000]);
});

test("a phone that removes its registration, though it has none, leaves those of others", async () => {
  const { send, reachable } = makeRegistrar();
  const contact = "<sip:phone@192.168.1.10:5060>";
  await send(register({ contacts: [contact], callId: "there" }), udpFlow("203.0.113.2"));
  await send(register({ contacts: [contact], callId: "here", expires: "0" }), udpFlow("203.0.113.1"));
  expect(await reachable()).toEqual(["sip:phone@192.168.1.10:5060"]);
  await send(register({ contacts: [contact], callId: "anew", expires: "0" }), udpFlow("203.0.113.2", 6000));
  expect(await reachable()).toEqual([]);
});

test("two phones that show the same Contact are told apart by their instances", async () => {
  const { send, reachable } = makeRegistrar();
  const of = (id: string) => `${privateContact};+sip.instance="<urn:uuid:${id}>"`;
  await send(register({ contacts: [of("1")], callId: "home" }), udpFlow("10.0.0.1"));
  await send(register({ contacts: [of("2")], callId: "work" }), udpFlow("10.0.0.2"));
  expect(await reachable()).toHaveLength(2);
});

test("registrations that come at once are taken one after the other: the bound holds", async () => {
  const { send, reachable } = makeRegistrar();
  const answers = await Promise.all(
    Array.from({ length: 150 }, (_, at) =>
      send(register({ contacts: [`<sip:a@10.0.0.1:${5060 + at}>`], callId: `c${at}` }), udpFlow("10.0.0.1", 5060 + at)),
    ),
  );
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  expect(answers.filter(({ status }) => status === 503)).toHaveLength(140);
  expect(await reachable()).toHaveLength(10);
});

test("a registration that waits while its socket closes leaves nothing behind", async () => {
  const { registrar, send } = makeRegistrar();
  const closing = { ...flow("f1"), open: false };
  await send(register(), closing);
  expect(await registrar.all()).toEqual([]);
});

const long = "x".repeat(8000);

test("a binding keeps a long Call-ID and instance as digests, and they still name the phone", async () => {
  const { registrar, send } = makeRegistrar();
  const contact = (instance: string, at = "a1") => [`<sip:${at}@x.invalid>;+sip.instance="${instance}"`];
  await send(register({ contacts: contact(`${long}1`), callId: `${long}1` }));
  const renewed = await send(register({ contacts: contact(`${long}1`), callId: `${long}2`, cseq: 2 }));
  expect(renewed.contacts).toHaveLength(1);
  const other = await send(register({ contacts: contact(`${long}2`, "a2"), callId: `${long}3` }));
  expect(other.contacts).toHaveLength(2);
  expect(JSON.stringify(await registrar.all()).length).toBeLessThan(1500);
});

test("a Contact that is too long to be kept is refused", async () => {
  const { registrar, send } = makeRegistrar();
  expect((await send(register({ contacts: [`<sip:${long}@x.invalid>`] }))).status).toBe(400);
  expect(await registrar.all()).toEqual([]);
});
