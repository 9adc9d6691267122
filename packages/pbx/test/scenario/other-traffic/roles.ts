import type { Address } from "@trunkline/sip-stack";
import { serverAt, trunkAt } from "../raw-peer.ts";
import { annsNumber, configText } from "../world.ts";
import type { Dice } from "./dice.ts";

/** Who an odd peer is: where it speaks from, what it believes its address to be, and by what it proves who it is. */
export type Role = {
  readonly name: "trunk" | "phone";
  readonly at: Address;
  /** The address in its Via, its Contact and its descriptions; another than `at` behind a NAT. */
  readonly shown: string;
  /** The URI of its From. */
  readonly from: string;
  /** What it may write as Request-URI to call Ann. */
  readonly urisOfAnn: readonly string[];
  readonly credentials?: { readonly username: string; readonly password: string };
};

/** A number that rings the odd phone. */
export const oddNumber = "+12025550103";
/** The extension of the odd phone. */
export const oddExtension = "120";
const oddPhone = { username: "odd-phone", password: "th:ree, \u{fc}" } as const;

/** The usual configuration, with a phone that registers by digest. */
export const oddConfigText = `${configText.replace(
  "users:\n",
  `  "${oddNumber}": { ring: [odd], ringSeconds: 20, unanswered: reject }\nusers:\n`,
)}  odd: { name: Odd, extension: "${oddExtension}", callerId: "${oddNumber}", device: { username: ${oddPhone.username}, password: "${oddPhone.password}" } }
devices: { allow: [192.168.0.0/16] }
`;

/** The trunk of every world. */
export const trunkRole: Role = {
  name: "trunk",
  at: trunkAt,
  shown: trunkAt.address,
  from: `sip:+4930123456@${trunkAt.address}`,
  urisOfAnn: [
    `sip:${annsNumber}@${serverAt.address}`,
    `sip:${annsNumber}@${serverAt.address}:5060;transport=udp;user=phone`,
    `SIP:${annsNumber}@${serverAt.address};User=Phone;x-odd=no`,
    `sip:${annsNumber};npdi;rn=+12025550000@trunk.carrier.example;user=phone`,
    `sip:%2B${annsNumber.slice(1)}@${serverAt.address}`,
    `tel:${annsNumber}`,
    `tel:+1-202-555-0102;npdi`,
  ],
};

/** A phone that registers by digest, sometimes from behind a NAT that it knows nothing of. */
export function phoneRole(dice: Dice): Role {
  const at = { address: "192.168.1.10", port: dice.pick([5060, 5062, 41_234]) };
  return {
    name: "phone",
    at,
    shown: dice.chance(0.3) ? "10.99.0.5" : at.address,
    from: `sip:${oddPhone.username}@${dice.pick([serverAt.address, "pbx.example", `${serverAt.address}:5060`])}`,
    urisOfAnn: [
      `sip:111@${serverAt.address}`,
      `sip:111@${serverAt.address};user=phone`,
      `sip:111@${serverAt.address}:5060;transport=UDP`,
      `sips:111@${serverAt.address}`.replace("sips", "sip"),
      "sip:111@pbx.example",
    ],
    credentials: oddPhone,
  };
}
