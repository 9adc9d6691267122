import type { CallUser } from "./call.ts";

/** Stands for the application as long as it has not attached itself to a call. */
export const unattached: CallUser = {
  onOffer: (offer) => offer.reject(488),
  onRequest: (request) => request.respond(480),
  onAnswer: () => {},
  onEnded: () => {},
};
