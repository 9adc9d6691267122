import type { Body } from "../message/body.ts";
import { type Headers, headers } from "../message/headers.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { headerKey } from "../message/names.ts";
import { type Address, addressText } from "../transport/address.ts";
import { fieldsOf, responseTo } from "../transport/reply.ts";
import { type Flow, isConnection } from "../transport/transport.ts";
import type { ExtraHeaders, RequestOptions, ResponseOptions } from "./call.ts";

/** How a user agent shows itself to peers. */
export type Profile = {
  readonly contactUser: string;
  readonly product: string | undefined;
  readonly allow: readonly string[];
  readonly supported: readonly string[];
  advertised(flow: Flow): Address;
};

type Field = [name: string, value: string];

// Written by the protocol alone, whatever an application says.
const reserved = new Set("via from to call-id cseq route record-route content-length content-type".split(" "));
const withCapabilities = new Set(["INVITE", "UPDATE", "OPTIONS"]);
const withContact = new Set(["INVITE", "UPDATE", "OPTIONS", "REFER", "SUBSCRIBE", "NOTIFY"]);

/** Our Contact on a flow: the advertised address, RFC 3261 section 8.1.1.8, with the transport where it is not UDP. */
export function contactFor(profile: Profile, flow: Flow, user: string = profile.contactUser): string {
  const kind = flow.transport === "wss" ? "ws" : flow.transport;
  const transport = isConnection(flow) ? `;transport=${kind}` : "";
  return `<sip:${escapeUser(user)}@${addressText(profile.advertised(flow))}${transport}>`;
}

function escapeUser(user: string): string {
  return encodeURIComponent(user).replace(/%(2B|24|26|3D|2C|3B|3F|2F)/g, (escaped) => decodeURIComponent(escaped));
}

/** Adds to a request what every request of its method shows, then the application's headers and body. */
export function dressRequest(
  request: SipRequest,
  profile: Profile,
  contact: string,
  options: RequestOptions = {},
): SipRequest {
  const fields: Field[] = [];
  if (withContact.has(request.method)) fields.push(["Contact", contact]);
  if (withCapabilities.has(request.method)) fields.push(...capabilities(profile));
  if (profile.product !== undefined) fields.push(["User-Agent", profile.product]);
  const dressed = withExtra(headers([...request.headers, ...fields]), options.headers);
  return withBody({ ...request, headers: dressed }, options.body);
}

/** What a response needs beside its status. `contact` only where the response makes or refreshes a dialog. */
export type ReplyOptions = ResponseOptions & { readonly toTag: string; readonly contact?: string };

/** A complete response: the copied headers, To tag, Record-Route, Contact, capabilities, the application's own. */
export function reply(request: SipRequest, status: number, profile: Profile, options: ReplyOptions): SipResponse {
  const base = responseTo(request, status, options.toTag, options.reason);
  const fields: Field[] = [];
  if (options.contact !== undefined && status > 100 && status < 300) {
    fields.push(...fieldsOf(request.headers, "Record-Route"), ["Contact", options.contact]);
  }
  if (status === 405 || (status >= 200 && status < 300 && withCapabilities.has(request.method))) {
    fields.push(...capabilities(profile));
  }
  if (profile.product !== undefined) fields.push(["Server", profile.product]);
  const dressed = withExtra(headers([...base.headers, ...fields]), options.headers);
  return withBody({ ...base, headers: dressed }, options.body);
}

function capabilities(profile: Profile): Field[] {
  const supported: Field[] = profile.supported.length === 0 ? [] : [["Supported", profile.supported.join(", ")]];
  return [["Allow", profile.allow.join(", ")], ...supported];
}

/** An application's header replaces ours of the same name; what it gives several times stands several times. */
function withExtra(base: Headers, extra: ExtraHeaders = []): Headers {
  const allowed = [...extra].filter(([name]) => !reserved.has(headerKey(name)));
  const cleared = allowed.reduce((kept, [name]) => kept.without(name), base);
  return headers([...cleared, ...allowed]);
}

function withBody<Message extends SipMessage>(message: Message, body: Body | undefined): Message {
  if (body === undefined) return message;
  return { ...message, headers: message.headers.with("Content-Type", body.type), body: body.bytes };
}
