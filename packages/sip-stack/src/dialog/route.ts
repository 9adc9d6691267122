import { parseNameAddr } from "../message/name-addr.ts";
import { formatUri, parseUri } from "../message/uri.ts";

/** Where a dialog's requests go: the peer's Contact and the proxies before it. */
export type RouteState = { readonly remoteTarget: string; readonly routeSet: readonly string[] };

/** Request-URI and Route values of a request in a dialog, in order. */
export type Target = { readonly uri: string; readonly routes: readonly string[] };

/**
 * RFC 3261 section 12.2.1.1: over loose routers the Request-URI is the remote target; to a strict router (no `lr`) it
 * is that router's URI, and the remote target goes to the end of Route.
 */
export function targetOf(dialog: RouteState): Target {
  const [first, ...rest] = dialog.routeSet;
  const strict = first === undefined ? undefined : strictUri(first);
  if (strict === undefined) return { uri: requestUri(dialog.remoteTarget), routes: dialog.routeSet };
  return { uri: strict, routes: [...rest, `<${dialog.remoteTarget}>`] };
}

function strictUri(route: string): string | undefined {
  const address = parseNameAddr(route);
  const uri = address.ok ? parseUri(address.value.uri) : address;
  if (!uri.ok || uri.value.params.has("lr")) return undefined;
  return address.ok ? requestUri(address.value.uri) : undefined;
}

/** A URI as a Request-URI: without embedded headers and `method`, RFC 3261 section 19.1.1 table 1. */
export function requestUri(text: string): string {
  const uri = parseUri(text);
  if (!uri.ok || (uri.value.headers === undefined && !uri.value.params.has("method"))) return text;
  const { headers: _, ...rest } = uri.value;
  const params = new Map(uri.value.params);
  params.delete("method");
  return formatUri({ ...rest, params });
}
