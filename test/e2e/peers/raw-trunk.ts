import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseMessage, type SipMessage } from "@trunkline/sip-stack";
import { root } from "../../../scripts/command.ts";

/** The trunk as bare bytes: what is sent and what comes back is on the wire as it stands. */
export type RawTrunk = {
  send(text: string | Uint8Array): void;
  /** The next message that matches, whether it has come or is to come; each is given once. */
  next(matches: (message: SipMessage) => boolean): Promise<{ readonly message: SipMessage; readonly text: string }>;
  /** Asks the server for a sign of life and resolves when it answers: what was sent before has been taken. */
  ask(): Promise<unknown>;
  close(): void;
};

type Received = { readonly message: SipMessage; readonly text: string };

/** Binds `address`:5060 and speaks to `server`:5060. OPTIONS are answered, as the trunk does. */
export async function rawTrunk(address: string, server: string): Promise<RawTrunk> {
  const socket: Socket = createSocket("udp4");
  socket.bind(5060, address);
  await once(socket, "listening");
  let received: Received[] = [];
  let look = (): void => {};
  socket.on("message", (bytes) => {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) throw new Error(`the server sent something unreadable: ${parsed.why}`);
    if (bytes.toString("latin1", 0, 8) === "OPTIONS ")
      return socket.send(signOfLife(bytes.toString("latin1")), 5060, server);
    received.push({ message: parsed.value, text: bytes.toString("latin1") });
    look();
  });
  const send = (text: string | Uint8Array): void => socket.send(text, 5060, server);
  const next: RawTrunk["next"] = (matches) =>
    new Promise((resolve) => {
      look = () => {
        const found = received.find(({ message }) => matches(message));
        if (found === undefined) return;
        look = () => {};
        received = received.filter((one) => one !== found);
        resolve(found);
      };
      look();
    });
  let asked = 0;
  const ask = (): Promise<unknown> => {
    const id = `ask-${asked++}`;
    send(optionsRequest(address, server, id));
    return next(({ headers }) => headers.get("Call-ID") === id);
  };
  return {
    send,
    next,
    ask,
    close: () => socket.close(),
  };
}

const optionsRequest = (from: string, to: string, id: string): string =>
  [
    `OPTIONS sip:${to} SIP/2.0`,
    `Via: SIP/2.0/UDP ${from}:5060;branch=z9hG4bK${id}`,
    "Max-Forwards: 70",
    `From: <sip:ask@${from}>;tag=${id}`,
    `To: <sip:${to}>`,
    `Call-ID: ${id}`,
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
    "",
    "",
  ].join("\r\n");

const signOfLife = (options: string): string =>
  options.replace(/^OPTIONS .*\r\n/, "SIP/2.0 200 OK\r\n").replace(/^To: .*(?=\r$)/m, "$&;tag=1");

/** The recorded inbound INVITE with its addresses moved to a test's network: `trunk` sends it, `server` gets it. */
export function recordedInvite(trunk: string, server: string): string {
  const file = join(root, "packages/sip-stack/test/fixtures/inbound-invite.sip");
  const moved = readFileSync(file, "latin1")
    .replaceAll("3.80.16.13", trunk)
    .replaceAll("3.80.17.149", trunk)
    .replaceAll("198.51.100.204", server);
  const [head = "", body = ""] = moved.split("\r\n\r\n");
  return `${head.replace("Content-Length: 247", `Content-Length: ${body.length}`)}\r\n\r\n${body}`;
}

/** The value of a header as it stands in the text, its first occurrence. */
export function headerLine(text: string, name: string): string | undefined {
  return new RegExp(`^${name}:[ ]*(.*)\\r$`, "im").exec(text)?.[1];
}
