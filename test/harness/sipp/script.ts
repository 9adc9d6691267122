import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One step of a SIPp scenario, as XML. */
type Step = string;

const sdp = [
  "v=0",
  "o=party 7 1 IN IP4 [media_ip]",
  "s=call",
  "c=IN IP4 [media_ip]",
  "t=0 0",
  "m=audio [auto_media_port] RTP/AVP 0 101",
  "a=rtpmap:0 PCMU/8000",
  "a=rtpmap:101 telephone-event/8000",
  "a=sendrecv",
  "",
].join("\n");

const message = (lines: readonly string[], body: string | undefined): string => {
  const tail =
    body === undefined
      ? ["Content-Length: 0", "", ""]
      : ["Content-Type: application/sdp", "Content-Length: [len]", "", body];
  return `<![CDATA[\n${[...lines, ...tail].join("\n")}\n]]>`;
};

/** What the calling side sends. Its INVITE's branch is kept for CANCEL and the ACK of a refusal. */
function request(
  method: string,
  cseq: number,
  { branch, body }: { readonly branch?: string; readonly body?: string } = {},
): Step {
  const isInDialog = method === "BYE" || (method === "ACK" && branch === undefined);
  const target = isInDialog ? "[next_url]" : "sip:[service]@[remote_ip]:[remote_port]";
  const lines = [
    `${method} ${target} SIP/2.0`,
    `Via: SIP/2.0/UDP [local_ip]:[local_port];branch=${branch ?? `z9hG4bK[pid]x[call_number]x${cseq}${method}`}`,
    "From: <sip:+12025550123@[local_ip]:[local_port]>;tag=t[pid]x[call_number]",
    `To: <sip:[service]@[remote_ip]:[remote_port]>${method === "BYE" || method === "ACK" ? "[peer_tag_param]" : ""}`,
    "Call-ID: [call_id]",
    `CSeq: ${cseq} ${method}`,
    "Max-Forwards: 69",
    "Contact: <sip:+12025550123@[local_ip]:[local_port]>",
  ];
  return `<send${method === "ACK" ? "" : ' retrans="500"'}>${message(lines, body)}</send>`;
}

const inviteBranch = "z9hG4bK[pid]x[call_number]x1INVITE";

/** The steps of whoever calls. */
export const caller = {
  invite: request("INVITE", 1, { body: sdp }),
  ack: request("ACK", 1),
  ackOfRefusal: request("ACK", 1, { branch: inviteBranch }),
  cancel: request("CANCEL", 1, { branch: inviteBranch }),
  bye: (cseq: number): Step => request("BYE", cseq),
} as const;

/** A response to what came last. */
export const respond = (status: string, body = false): Step => {
  const lines = [
    `SIP/2.0 ${status}`,
    "[last_Via:]",
    "[last_Record-Route:]",
    "[last_From:]",
    "[last_To:]",
    "[last_Call-ID:]",
    "[last_CSeq:]",
    "Contact: <sip:party@[local_ip]:[local_port]>",
  ];
  return `<send>${message(lines, body ? sdp : undefined)}</send>`;
};

const kept = (name: string, header: string): Step =>
  `<ereg regexp=".*" search_in="hdr" header="${header}" assign_to="${name}"/>`;

/** The called side: it takes an INVITE and answers it, even after a CANCEL. */
export const called = {
  invite: `<recv request="INVITE" rrs="true"><action>${kept("via", "Via:")}${kept("from", "From:")}${kept("to", "To:")}</action></recv>`,
  answerInvite: (status: string, body = false): Step => {
    const lines = [
      `SIP/2.0 ${status}`,
      "Via:[$via]",
      "From:[$from]",
      "To:[$to];tag=p[pid]x[call_number]",
      "[last_Call-ID:]",
      "CSeq: 1 INVITE",
      "Contact: <sip:party@[local_ip]:[local_port]>",
    ];
    return `<send>${message(lines, body ? sdp : undefined)}</send>`;
  },
  bye: `<send retrans="500">${message(
    [
      "BYE [next_url] SIP/2.0",
      "Via: SIP/2.0/UDP [local_ip]:[local_port];branch=z9hG4bK[pid]x[call_number]bye",
      "From:[$to];tag=p[pid]x[call_number]",
      "To:[$from]",
      "[last_Call-ID:]",
      "CSeq: 1 BYE",
      "Max-Forwards: 69",
    ],
    undefined,
  )}</send>`,
} as const;

export const receive = (what: string, optional = false): Step =>
  `<recv ${/^\d/.test(what) ? "response" : "request"}="${what}"${optional ? ' optional="true"' : ""}/>`;

/** The 200 that makes the dialog. */
export const receiveAnswer: Step = '<recv response="200" rrs="true"/>';

/** Takes a BYE when one comes in time, and else does something of its own. */
export const byeWithin = (ms: number, otherwise: readonly Step[]): readonly Step[] => [
  `<recv request="BYE" timeout="${ms}" ontimeout="late"/>`,
  respond("200 OK"),
  '<nop next="over"/>',
  '<label id="late"/>',
  ...otherwise,
  '<label id="over"/>',
];

export const pause = (ms: number): Step => `<pause milliseconds="${ms}"/>`;

/** A scenario in a file of its own. */
export function scriptFile(name: string, steps: readonly Step[]): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "trunkline-sipp-script-"));
  const path = join(folder, `${name}.xml`);
  const variables = steps.some((step) => step.includes("[$via]")) ? '<Reference variables="via,from,to"/>' : "";
  writeFileSync(
    path,
    `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE scenario SYSTEM "sipp.dtd">\n<scenario name="${name}">${steps.join("\n")}\n${variables}<timewait milliseconds="500"/></scenario>\n`,
  );
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
