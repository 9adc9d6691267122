import type { Body } from "../message/body.ts";
import { type Headers, headers } from "../message/headers.ts";
import type { SipMessage, SipRequest, SipResponse } from "../message/message.ts";
import { headerKey } from "../message/names.ts";
import { type Address, addressText } from "../transport/address.ts";
import { responseTo } from "../transport/reply.ts";
import { type Flow, isConnection } from "../transport/transport.ts";
import type { ExtraHeaders, RequestOptions, ResponseOptions } from "./call.ts";

/** How a user agent shows itself to peers. */
export type Profile = {
  readonly contactUser: string;
  readonly supported: readonly string[];
  /** Allow and Supported. */
  readonly capabilities: Headers;
  /** User-Agent of requests and Server of responses; empty when it has no name. */
  readonly userAgent: Headers;
  readonly server: Headers;
  advertised(flow: Flow): Address;
};

/** What a profile is made of. */
export type ProfileOptions = Pick<Profile, "contactUser" | "supported" | "advertised"> & {
  readonly allow: readonly string[];
  readonly product: string | undefined;
};

const none = headers();
const isPlainUser = /^[\w.+-]*$/;
// Written by the protocol alone, whatever an application says.
const reserved = new Set("via from to call-id cseq route record-route content-length content-type".split(" "));
const withCapabilities = new Set(["INVITE", "UPDATE", "OPTIONS"]);
const withContact = new Set(["INVITE", "UPDATE", "OPTIONS", "REFER", "SUBSCRIBE", "NOTIFY"]);

/** The profile of a user agent, its unchanging header fields made once. */
export function profileOf({ allow, supported, product, ...rest }: ProfileOptions): Profile {
  const tags = supported.length === 0 ? [] : [["Supported", supported.join(", ")] as const];
  const named = (name: string): Headers => headers(product === undefined ? [] : [[name, product]]);
  const capabilities = headers([["Allow", allow.join(", ")], ...tags]);
  return { ...rest, supported, capabilities, userAgent: named("User-Agent"), server: named("Server") };
}

/** Our Contact on a flow: the advertised address, RFC 3261 section 8.1.1.8, with the transport where it is not UDP. */
export function contactFor(profile: Profile, flow: Flow, user: string = profile.contactUser): string {
  const kind = flow.transport === "wss" ? "ws" : flow.transport;
  const transport = isConnection(flow) ? `;transport=${kind}` : "";
  return `<sip:${escapeUser(user)}@${addressText(profile.advertised(flow))}${transport}>`;
}

function escapeUser(user: string): string {
  if (isPlainUser.test(user)) return user;
  return encodeURIComponent(user).replace(/%(2B|24|26|3D|2C|3B|3F|2F)/g, (escaped) => decodeURIComponent(escaped));
}

/** Adds to a request what every request of its method shows, then the application's headers and body. */
export function dressRequest(
  request: SipRequest,
  profile: Profile,
  contact: string,
  options: RequestOptions = {},
): SipRequest {
  const { method } = request;
  const own = withContact.has(method) ? headers([["Contact", contact]]) : none;
  const shown = withCapabilities.has(method) ? profile.capabilities : none;
  const dressed = request.headers.and(own, shown, profile.userAgent);
  return withBody({ ...request, headers: withExtra(dressed, options.headers) }, options.body);
}

/** What a response needs beside its status. `contact` only where the response makes or refreshes a dialog. */
export type ReplyOptions = ResponseOptions & { readonly toTag: string; readonly contact?: string };

/** A complete response: the copied headers, To tag, Record-Route, Contact, capabilities, the application's own. */
export function reply(request: SipRequest, status: number, profile: Profile, options: ReplyOptions): SipResponse {
  const base = responseTo(request, status, options.toTag, options.reason);
  const isMaking = options.contact !== undefined && status > 100 && status < 300;
  const made = isMaking ? [request.headers.only(["Record-Route"]), headers([["Contact", options.contact]])] : [];
  const isShown = status === 405 || (status >= 200 && status < 300 && withCapabilities.has(request.method));
  const dressed = base.headers.and(...made, isShown ? profile.capabilities : none, profile.server);
  return withBody({ ...base, headers: withExtra(dressed, options.headers) }, options.body);
}

/** An application's header replaces ours of the same name; what it gives several times stands several times. */
function withExtra(base: Headers, extra?: ExtraHeaders): Headers {
  if (extra === undefined) return base;
  const allowed = [...extra].filter(([name]) => !reserved.has(headerKey(name)));
  return allowed.reduce((kept, [name]) => kept.without(name), base).and(headers(allowed));
}

function withBody<Message extends SipMessage>(message: Message, body: Body | undefined): Message {
  if (body === undefined) return message;
  return { ...message, headers: message.headers.with("Content-Type", body.type), body: body.bytes };
}
