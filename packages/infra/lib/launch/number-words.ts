import type { Settings } from "../settings/settings.ts";

/** The phone number that is wished for, as a person would say it. */
export function numberWords({ number, areaCode, state, tollFreePrefix }: Settings): string {
  if (number !== undefined) return `${number}, which you have`;
  if (areaCode !== undefined) return `ordered with the area code ${areaCode}`;
  return state === undefined ? `ordered with the toll-free prefix ${tollFreePrefix}` : `ordered in the state ${state}`;
}
