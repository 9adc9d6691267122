import { GetPhoneNumberCommand, type PhoneNumber } from "@aws-sdk/client-chime-sdk-voice";
import { nameOf } from "../../handlers/retry-policy.ts";
import type { Clients } from "../clients.ts";
import type { Check } from "./check.ts";

/** Whether a number that is named can be given to the Voice Connector. */
export const ownNumber: Check = {
  what: "whether the number can be used",
  find: async ({ clients, command, outputs }) => {
    const { number, region } = command.settings;
    if (number === undefined) return [];
    const phone = await look(number, clients);
    if (phone === undefined)
      return [
        `Your account has no number ${number} in the Amazon Chime SDK. The numbers that it has:
  aws chime-sdk-voice list-phone-numbers --region ${region}
Or wish for a new one with areaCode, state or tollFreePrefix.`,
      ];
    return faultsOf(number, phone, outputs.VoiceConnectorId);
  },
};

async function look(number: string, { chime }: Clients): Promise<PhoneNumber | undefined> {
  try {
    return (await chime.send(new GetPhoneNumberCommand({ PhoneNumberId: number }))).PhoneNumber;
  } catch (fault) {
    if (nameOf(fault) === "NotFoundException") return undefined;
    throw fault;
  }
}

function faultsOf(number: string, phone: PhoneNumber, own: string | undefined): readonly string[] {
  const { ProductType, Status = "", Associations = [] } = phone;
  if (ProductType !== "VoiceConnector")
    return [
      `The number ${number} is of the product type ${ProductType}. Change it to VoiceConnector in the console of the Amazon
Chime SDK (Phone numbers, Edit product type).`,
    ];
  const owner = Associations.find(({ Value }) => Value !== own);
  if (owner !== undefined)
    return [
      `The number ${number} belongs to something else (${owner.Name} ${owner.Value}). Take it from there first, in the
console of the Amazon Chime SDK.`,
    ];
  return ["Assigned", "Unassigned"].includes(Status)
    ? []
    : [
        `The number ${number} is ${Status}: it cannot be used now. Choose another number, or wait until this has finished.`,
      ];
}
