import {
  ListPhoneNumbersCommand,
  type PhoneNumber,
  SearchAvailablePhoneNumbersCommand,
} from "@aws-sdk/client-chime-sdk-voice";
import { type Settings, wishOf } from "../../settings/settings.ts";
import type { Clients } from "../clients.ts";
import { numberWords } from "../number-words.ts";
import { type Outputs, stackName } from "../stack.ts";
import type { Check } from "./check.ts";

/** Checks that a number can be ordered. A number that the same settings ordered before is used instead. */
export const newNumber: Check = {
  what: "whether such a number is available",
  find: async ({ clients, command: { settings }, outputs }) => {
    if (settings.number !== undefined || (await isThere(settings, outputs, clients))) return [];
    if (await isFree(settings, clients)) return [];
    return [
      `No number is available now for ${numberWords(settings)}. Choose another area code, a state or a toll-free
prefix. The console of the Amazon Chime SDK lists the available ones (Phone numbers, Orders, Provision phone numbers).`,
    ];
  },
};

/** Numbers that Trunkline has ordered are named by it and by the wish. */
async function isThere(settings: Settings, outputs: Outputs, { chime }: Clients): Promise<boolean> {
  const name = `${stackName}.${wishOf(settings)}`;
  let NextToken: string | undefined;
  do {
    const page: { PhoneNumbers?: PhoneNumber[]; NextToken?: string } = await chime.send(
      new ListPhoneNumbersCommand({ ProductType: "VoiceConnector", NextToken }),
    );
    if (page.PhoneNumbers?.some((phone) => phone.Name === name && isOurs(phone, outputs))) return true;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return false;
}

const isOurs = ({ Associations = [] }: PhoneNumber, { VoiceConnectorId }: Outputs): boolean =>
  Associations.every(({ Value }) => Value === VoiceConnectorId);

async function isFree({ areaCode, state, tollFreePrefix }: Settings, { chime }: Clients): Promise<boolean> {
  const { E164PhoneNumbers = [] } = await chime.send(
    new SearchAvailablePhoneNumbersCommand({
      Country: "US",
      PhoneNumberType: tollFreePrefix === undefined ? "Local" : "TollFree",
      MaxResults: 1,
      ...(areaCode !== undefined && { AreaCode: areaCode }),
      ...(state !== undefined && { State: state }),
      ...(tollFreePrefix !== undefined && { TollFreePrefix: tollFreePrefix }),
    }),
  );
  return E164PhoneNumbers.length > 0;
}
