import { WorkerGone } from "@trunkline/media-relay";
import { headers, type MakeOffer, type Outcome, type SipResponse } from "@trunkline/sip-stack";
import { expect, test } from "vitest";
import type { MediaLeg } from "../../media/leg.ts";
import type { CallLeg } from "../leg.ts";
import { restartIce } from "./restart-ice.ts";

const answering = (status: number, sdp = "answer"): Outcome => {
  const body = status < 300 ? new TextEncoder().encode(sdp) : new Uint8Array();
  const type = headers([["Content-Type", "application/sdp"]]);
  const response: SipResponse = { kind: "response", status, reason: "", headers: type, body };
  return { ok: true, response };
};

/** A browser's leg, and what was offered to the browser and taken from it. */
function leg(changes: { readonly outcome?: Outcome; readonly isOpen?: boolean; readonly refusals?: number } = {}) {
  const { outcome = answering(200), isOpen = true, refusals = 0 } = changes;
  const said: string[] = [];
  const media = {
    offerRestart: async () => `restart ${said.length}`,
    accept: async (answer: string) => {
      said.push(answer);
      return said.filter((one) => one === answer).length > refusals
        ? { ok: true, value: undefined }
        : { ok: false, why: "" };
    },
  };
  const sip = {
    state: "confirmed",
    flow: { open: isOpen },
    reinvite: async ({ make }: MakeOffer) => {
      const { bytes } = await make();
      said.push(new TextDecoder().decode(bytes));
      return outcome;
    },
  };
  return { said, media, sip, leg: { sip, media } as unknown as Pick<CallLeg, "sip" | "media"> };
}

test("a browser is offered to begin ICE anew, and its answer is taken", async () => {
  const { said, leg: browser } = leg();
  await restartIce(browser);
  expect(said).toEqual(["restart 0", "answer"]);
});

test("an answer that does not fit, since an offer of the browser came in between, is asked for once more", async () => {
  const { said, leg: browser } = leg({ refusals: 5 });
  await restartIce(browser);
  expect(said).toEqual(["restart 0", "answer", "restart 2", "answer"]);
});

test.each([
  ["refuses", { outcome: answering(488) }, 1],
  ["has no connection for its signalling", { isOpen: false }, 0],
])("a browser that %s costs nothing more", async (_, changes, offers) => {
  const { said, leg: browser } = leg(changes);
  await restartIce(browser);
  expect(said).toHaveLength(offers);
});

test("a phone without ICE is asked nothing", async () => {
  const { said, sip } = leg();
  const media = {} as MediaLeg;
  await restartIce({ sip, media } as unknown as Pick<CallLeg, "sip" | "media">);
  expect(said).toEqual([]);
});

test("a relay that has lost the handshake ends nothing", async () => {
  const { leg: browser, media } = leg();
  media.offerRestart = () => Promise.reject(new WorkerGone("the handshake thread ended"));
  await expect(restartIce(browser)).resolves.toBeUndefined();
});
