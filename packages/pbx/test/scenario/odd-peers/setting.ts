import type { SipRequest } from "@trunkline/sip-stack";
import { onTestFinished } from "vitest";
import { inviteTo, message, RawPeer, responseTo, serverAt, trunkAt } from "../raw-peer.ts";
import { annsNumber, makeWorld, type World } from "../world.ts";

const fair = { seed: 1, loss: 0, duplicate: 0, reorder: 0, delayMs: 5 };

/** A world with a raw peer in the place of the trunk; both are closed after the test. */
export async function trunkOfOurs(surroundings: Parameters<typeof makeWorld>[1] = {}) {
  const world = await makeWorld(fair, { connected: false, ...surroundings });
  const trunk = await RawPeer.open(world);
  onTestFinished(async () => {
    trunk.close();
    await world.close();
  });
  return { world, trunk };
}

/** A world in which a handset has the place of the trunk. */
export async function trunkAsHandset(surroundings: Parameters<typeof makeWorld>[1] = {}) {
  const world = await makeWorld(fair, { connected: false, ...surroundings });
  onTestFinished(() => world.close());
  return { world, trunk: await world.handsetAt(trunkAt.address) };
}

/** Answers requests of the server's: an INVITE as the test says, all others with 200. */
export function answering(trunk: RawPeer, invite: (request: SipRequest) => void): void {
  trunk.onRequest = (request) => {
    if (request.method === "INVITE") invite(request);
    else if (request.method !== "ACK") trunk.send(responseTo(request, "200 OK"));
  };
}

let calls = 0;

/** A call from the trunk to Ann, of which each message is written by the test. */
export function callFromTrunk(trunk: RawPeer, fields: Readonly<Record<string, string>> = {}, body?: string) {
  calls += 1;
  const id = { "Call-ID": `odd-${calls}`, From: `<sip:+4930123456@${trunkAt.address}>;tag=odd${calls}` };
  const branch = (name: string): string =>
    `SIP/2.0/UDP ${trunkAt.address}:${trunkAt.port};branch=z9hG4bKodd${calls}${name};rport`;
  const uri = `sip:${annsNumber}@${serverAt.address}`;
  const own = { ...id, Via: branch("invite"), ...fields };
  const to = (): string =>
    trunk.messages
      .findLast((each) => each.kind === "response" && each.headers.get("Call-ID") === id["Call-ID"])
      ?.headers.get("To") ?? "";
  return {
    callId: id["Call-ID"],
    invite: () => trunk.send(body === undefined ? inviteTo(uri, own) : inviteTo(uri, own, body)),
    /** Withdraws the INVITE. */
    cancel: (more: readonly string[] = []) =>
      trunk.send(message([`CANCEL ${uri} SIP/2.0`, ...lines({ ...common, ...own, CSeq: "1 CANCEL" }), ...more])),
    /** Sends a request in the dialog. */
    send: (method: string, cseq: number, name: string, more: readonly string[] = [], sdp = "") =>
      trunk.send(
        message(
          [
            `${method} sip:x@${serverAt.address}:5060 SIP/2.0`,
            ...lines({ ...common, ...id, To: to(), Via: branch(name), CSeq: `${cseq} ${method}` }),
            ...more,
          ],
          sdp,
        ),
      ),
  };
}

const common = {
  "Max-Forwards": "70",
  To: `<sip:${annsNumber}@${serverAt.address}>`,
  Contact: `<sip:gateway@${trunkAt.address}:${trunkAt.port}>`,
};

const lines = (fields: Readonly<Record<string, string>>): string[] =>
  Object.entries(fields).map(([name, value]) => `${name}: ${value}`);

/** The record of the last call that is over. */
export async function lastRecord({ pbx }: World) {
  const [record] = await pbx.operations.history({ limit: 1 });
  return record;
}
