import type { Announcement } from "@trunkline/media-relay";
import type { CallRegistry } from "../call/registry.ts";
import type { CallServices } from "../call/services.ts";
import type { Config } from "../config/config.ts";
import type { HostPort } from "../domain/address.ts";
import type { CallId } from "../domain/names.ts";
import type { Load } from "../guard/admit.ts";
import type { Minutes } from "../guard/minutes.ts";
import type { Pace } from "../guard/pace.ts";
import type { Registrar } from "../registrar/registrar.ts";
import type { Trunk } from "../trunk/trunk.ts";

/** What requests are judged by and handed over to. */
export type IngressContext = {
  readonly config: Config;
  readonly registrar: Registrar;
  readonly trunk: Trunk;
  readonly calls: CallRegistry;
  readonly services: CallServices;
  readonly pace: Pace;
  readonly minutes: Minutes;
  /** The addresses and ports in our Vias, but for those over WebSockets. */
  readonly shownAddresses: () => readonly HostPort[];
  readonly newCallId: () => CallId;
  /** What callers hear whom nobody answers, where their number names nothing else. */
  readonly announcement: Announcement;
};

/** How busy the server is now. */
export const loadOf = ({ calls }: Pick<IngressContext, "calls">): Load => ({
  calls: calls.size,
  callsOf: (user) => calls.countOf(user),
  draining: calls.draining,
});
