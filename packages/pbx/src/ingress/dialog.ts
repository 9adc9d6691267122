import { bodyText, type IncomingCall } from "@trunkline/sip-stack";
import { isKeyedRtp, parseSdp } from "@trunkline/sip-stack/sdp";
import type { CallSetup } from "../call/setup.ts";
import { encrypts } from "../call/target.ts";
import type { Speaker } from "../identity/identify.ts";
import type { MediaPeer } from "../media/leg.ts";
import type { IngressContext } from "./context.ts";

/** What whoever calls understands. */
export function mediaPeerOf(speaker: Speaker, { flow, invite }: IncomingCall): MediaPeer {
  const { kind } = speaker;
  if (kind === "browser") return { kind };
  if (kind === "trunk") return { kind, address: flow.remote.address };
  const offer = bodyText(invite);
  const wouldBe = kind === "device" && encrypts(speaker.user, flow.transport);
  const encrypted = offer === undefined ? wouldBe : offersKeys(offer);
  return { kind: "phone", address: flow.remote.address, encrypted };
}

/** Whether a description offers audio whose keys stand in it, RFC 4568. */
function offersKeys(offer: string): boolean {
  const read = parseSdp(offer);
  if (!read.ok) return false;
  return read.value.media.some(({ type, port, protocol }) => type === "audio" && port !== 0 && isKeyedRtp(protocol));
}

/** The Contact that the caller sees, and where the requests of its dialog may go. */
export function dialogOf(
  speaker: Speaker,
  dialled: string,
  { trunk, services }: IngressContext,
): Pick<CallSetup, "contactUser" | "reach" | "credentials" | "originOf"> {
  if (speaker.kind === "stranger" || speaker.kind === "unproven") return {};
  const originOf = services.originOf(speaker);
  if (speaker.kind === "trunk")
    return {
      originOf,
      ...(/^\+?\d{1,15}$/.test(dialled) && { contactUser: dialled }),
      reach: trunk.reach,
      ...(trunk.credentials && { credentials: trunk.credentials }),
    };
  if (speaker.kind === "device") return { originOf, reach: "flow" };
  if (speaker.kind !== "peer") return { originOf };
  const { address, port } = speaker.user.contact!;
  return { originOf, reach: (hop) => hop.address === address && hop.port === port };
}
