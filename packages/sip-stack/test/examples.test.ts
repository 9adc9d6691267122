import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import {
  type CallEnd,
  digestVerifier,
  type IncomingCall,
  type IncomingOffer,
  type IncomingRequest,
  type OutgoingCall,
  sdpBody,
  udpTransport,
  userAgent,
} from "../src/index.ts";
import { runProgram, runServer } from "./program.ts";

const folder = join(import.meta.dirname, "../examples");
const address = `${process.env.TRUNKLINE_TEST_NETWORK ?? "127.0.0"}.1`;

type Take = (call: IncomingCall) => void;

/** A user agent on a socket of the system. */
async function peer(
  onCall: Take = (call) => call.reject(486),
  onRequest: (request: IncomingRequest) => void = () => {},
) {
  const transport = udpTransport({ bind: { address, port: 0 } });
  const user = { onCall, onRequest };
  const agent = userAgent({ transports: [transport], user });
  await agent.listen();
  onTestFinished(() => agent.close());
  return { agent, port: transport.local.port };
}

/** What a call reports, to be awaited. */
function witness() {
  const ringing = Promise.withResolvers<string | undefined>();
  const answered = Promise.withResolvers<string | undefined>();
  const ended = Promise.withResolvers<CallEnd>();
  const offered = Promise.withResolvers<IncomingOffer>();
  const user = {
    onRinging: (_: unknown, sdp: string | undefined) => ringing.resolve(sdp),
    onAnswered: (_: unknown, sdp: string | undefined) => answered.resolve(sdp),
    onAnswer: () => {},
    onOffer: (offer: IncomingOffer) => offered.resolve(offer),
    onRequest: () => {},
    onEnded: ended.resolve,
  };
  return { ...{ ringing, answered, ended, offered }, user };
}

/** A caller, examples/b2bua.ts and whoever it calls. */
async function throughB2bua(take: (call: IncomingCall) => void) {
  const [caller, callee] = [await peer(), await peer(take)];
  const { port } = await runServer(join(folder, "b2bua.ts"), [address, "0", address, `${callee.port}`], folder);
  const heard = witness();
  const call: OutgoingCall = caller.agent.call({
    uri: `sip:bob@${address}`,
    from: `"Alice" <sip:alice@${address}>`,
    to: `<sip:bob@${address}>`,
    destination: { transport: "udp", address, port },
    body: sdpBody("v=0\r\ns=offer\r\n"),
    user: heard.user,
  });
  return { call, heard };
}

test("echo-options answers OPTIONS with 200 and nothing else", async () => {
  const { port } = await runServer(join(folder, "echo-options.ts"), [address, "0"], folder);
  const { agent } = await peer();
  const ask = (method: string) =>
    agent.request({
      ...{ method, uri: `sip:${address}`, from: `<sip:${address}>`, to: `<sip:${address}>` },
      destination: { transport: "udp", address, port },
    });
  expect(await ask("OPTIONS")).toMatchObject({ ok: true, response: { status: 200 } });
  expect(await ask("MESSAGE")).toMatchObject({ ok: true, response: { status: 405 } });
});

test("register proves who it is, and removes its binding when it is stopped", async () => {
  const verifier = digestVerifier({ realm: "pbx", lookUp: async () => ({ password: "secret" }) });
  const contacts: [string | undefined, string | undefined][] = [];
  const registrar = await peer(undefined, async ({ request, flow, respond }) => {
    const verdict = await verifier.verify(request, flow.remote);
    if (!verdict.ok) return respond(verdict.status, { headers: verdict.headers });
    const contact = request.headers.get("Contact") ?? "";
    contacts.push([contact, request.headers.get("Expires")]);
    respond(200, {
      headers: [
        ["Contact", contact],
        ["Expires", "60"],
      ],
    });
  });
  const args = [address, `${registrar.port}`, "desk", "secret", "60"];
  const program = runProgram(join(folder, "register.ts"), args, folder);
  expect(await program.line("registered")).toBe("registered for 60 s");
  program.stop();
  expect(await program.line("removed")).toBe("removed");
  expect(contacts).toHaveLength(2);
  expect(verifier.counters.refused).toEqual({ "no credentials": 1 });
});

test("call talks to answer through b2bua", async () => {
  const answering = await runServer(join(folder, "answer.ts"), [address, "0"], folder);
  const between = await runServer(join(folder, "b2bua.ts"), [address, "0", address, `${answering.port}`], folder);
  const calling = runProgram(join(folder, "call.ts"), [address, `${between.port}`], folder);
  expect(await calling.ended).toBe(0);
  expect(calling.lines).toEqual(["180 Ringing", "answered", "ended: hung-up"]);
  expect(await answering.program.line("ended")).toBe("ended: bye");
});

test("b2bua passes names, SDP, a new offer and the callee's BYE on", async () => {
  const far = witness();
  const arrived = Promise.withResolvers<IncomingCall>();
  const { call, heard } = await throughB2bua((incoming) => {
    incoming.attach(far.user);
    incoming.ring(183, { body: sdpBody("v=0\r\ns=early\r\n") });
    arrived.resolve(incoming);
  });
  const incoming = await arrived.promise;
  expect(incoming.invite.headers.get("From")).toMatch(/^"Alice" <sip:alice@[^>]+>;tag=[0-9a-f]{32}$/);
  expect(Buffer.from(incoming.invite.body).toString()).toBe("v=0\r\ns=offer\r\n");
  expect(await heard.ringing.promise).toBe("v=0\r\ns=early\r\n");
  incoming.answer(sdpBody("v=0\r\ns=answer\r\n"));
  expect(await heard.answered.promise).toBe("v=0\r\ns=answer\r\n");
  const outcome = call.reinvite(sdpBody("v=0\r\ns=hold\r\n"));
  const offer = await far.offered.promise;
  expect(offer.sdp).toBe("v=0\r\ns=hold\r\n");
  offer.accept(sdpBody("v=0\r\ns=held\r\n"));
  expect(await outcome).toMatchObject({ ok: true, response: { status: 200 } });
  incoming.hangUp();
  expect(await heard.ended.promise).toMatchObject({ by: "remote", cause: "bye" });
});

test("b2bua passes a refusal and a CANCEL on", async () => {
  const busy = await throughB2bua((incoming) => incoming.reject(486));
  expect(await busy.heard.ended.promise).toMatchObject({ cause: "rejected", response: { status: 486 } });
  const far = witness();
  const { call, heard } = await throughB2bua((incoming) => {
    incoming.attach(far.user);
    incoming.ring(180);
  });
  await heard.ringing.promise;
  call.hangUp();
  expect(await far.ended.promise).toMatchObject({ by: "remote", cause: "cancel" });
});
