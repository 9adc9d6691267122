import type { Address, Headers, SipMessage, SipRequest, SipResponse } from "@trunkline/sip-stack";
import {
  aliasContact,
  type Border,
  hopOf,
  inOrder,
  isOutsideVia,
  outsideVia,
  passedVia,
  recordRoute,
  restoredVia,
  stampedVia,
  tagOf,
  withList,
} from "./edge-headers.ts";

/** What becomes of a message at the border: it goes on, changed; or it goes nowhere, and why. */
export type Passage =
  | { readonly pass: true; readonly message: SipMessage; readonly to: Address }
  | { readonly pass: false; readonly why: string };

/** Headers that name a capability: the connector shows none. */
const hidden = ["Allow", "Allow-Events", "Supported", "Accept", "Accept-Encoding", "Accept-Language"];

const dropped = (why: string): Passage => ({ pass: false, why });

/** A request of the inside: two Via, Record-Route on what may form a dialog, the next hop from the rest of the route set. */
export function outwardRequest(request: SipRequest, border: Border, towards: Address): Passage {
  const own = leadsHere(request, border);
  const routes = request.headers.all("Route").slice(own ? 1 : 0);
  const to = own ? hopOf(routes[0] ?? request.uri) : towards;
  if (to === undefined) return dropped("next hop is not an address");
  const [innerVia = ""] = request.headers.all("Via");
  const vias = [outsideVia(border, innerVia), passedVia(border, innerVia)];
  let all = withList(withList(shown(request.headers, border), "Via", vias), "Route", routes);
  all = all.with("Max-Forwards", oneLess(all.get("Max-Forwards")));
  if (formsDialog(request)) all = recorded(all, border);
  return { pass: true, message: { ...request, headers: inOrder(all) }, to };
}

/** A response of the inside: its Via says where the request came from, its Contact is private, it names no capability. */
export function outwardResponse(response: SipResponse, border: Border, towards: Address): Passage {
  const [top = ""] = response.headers.all("Via");
  const all = shown(response.headers, border).withFirst("Via", stampedVia(top, towards));
  return { pass: true, message: { ...response, headers: inOrder(all) }, to: towards };
}

/**
 * A request of the world: inside a dialog it comes over the route set or not at all.
 * @param isRefusalAck whether the request acknowledges a refusal, which goes hop by hop without a route set (RFC 3261 section 17.1.1.3)
 */
export function inwardRequest(request: SipRequest, border: Border, isRefusalAck: boolean): Passage {
  const inDialog = tagOf(request.headers, "To") !== undefined;
  const own = leadsHere(request, border);
  if (inDialog && !isRefusalAck && !isUnchanged(request, border))
    return dropped(own ? "route changed" : "outside the route set");
  const routes = request.headers.all("Route").slice(own ? 1 : 0);
  const all = withList(request.headers, "Route", routes);
  return {
    pass: true,
    message: { ...request, headers: formsDialog(request) ? recorded(all, border) : all },
    to: border.inside,
  };
}

/** A response of the world to a request of the inside. */
export function inwardResponse(response: SipResponse, border: Border): Passage {
  const [own = "", inner, ...others] = response.headers.all("Via");
  if (!isOutsideVia(border, own) || inner === undefined) return dropped("response to nobody");
  const all = withList(response.headers, "Via", [restoredVia(border, inner), ...others]);
  return { pass: true, message: { ...response, headers: all }, to: border.inside };
}

const formsDialog = (request: SipRequest): boolean =>
  request.method === "INVITE" && tagOf(request.headers, "To") === undefined;

function recorded(all: Headers, border: Border): Headers {
  const own = recordRoute(border, all.get("Call-ID") ?? "", tagOf(all, "From") ?? "");
  return withList(all, "Record-Route", [own, ...all.all("Record-Route")]);
}

/** The caller's tag is in From or To, depending on who speaks. */
function isUnchanged({ headers }: SipRequest, border: Border): boolean {
  const [route] = headers.all("Route");
  const tags = [tagOf(headers, "From"), tagOf(headers, "To")];
  return tags.some((tag) => tag !== undefined && route === recordRoute(border, headers.get("Call-ID") ?? "", tag));
}

function leadsHere({ headers }: SipRequest, { outside }: Border): boolean {
  const [route] = headers.all("Route");
  const hop = route === undefined ? undefined : hopOf(route);
  return hop?.address === outside.address && hop.port === outside.port;
}

function shown(all: Headers, border: Border): Headers {
  const bare = hidden.reduce((rest, name) => rest.without(name), all).with("Content-Length", "0");
  return bare.has("Contact") ? bare.with("Contact", aliasContact(border)) : bare;
}

const oneLess = (maxForwards: string | undefined): string => String(Math.max(0, Number(maxForwards ?? "70") - 1));
