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
