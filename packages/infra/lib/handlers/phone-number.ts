import {
  AssociatePhoneNumbersWithVoiceConnectorCommand,
  type ChimeSDKVoiceClient,
  CreatePhoneNumberOrderCommand,
  DeletePhoneNumberCommand,
  DisassociatePhoneNumbersFromVoiceConnectorCommand,
  GetPhoneNumberCommand,
  GetPhoneNumberOrderCommand,
  ListPhoneNumbersCommand,
  type PhoneNumber,
  type PhoneNumberError,
  SearchAvailablePhoneNumbersCommand,
} from "@aws-sdk/client-chime-sdk-voice";
import type { Completion, ResourceAnswer, ResourceEvent } from "./events.ts";
import { nameOf, patiently, type Sleep, unlessGone } from "./patience.ts";

/** Which number, and whose it is to be. Exactly one of the four wishes is there. */
export type PhoneNumberWish = {
  readonly VoiceConnectorId: string;
  /** A number that the account has, in E.164. It is never given back. */
  readonly Number?: string;
  readonly AreaCode?: string;
  readonly State?: string;
  readonly TollFreePrefix?: string;
  /** What a number that is ordered is called in the account: one that has this name already is taken instead of a new one. */
  readonly Label: string;
  /** `true`: the number stays in the account when the resource goes. */
  readonly Keep: string;
};

export type PhoneNumberParts = { readonly chime: ChimeSDKVoiceClient; readonly sleep: Sleep };

type Event = ResourceEvent<PhoneNumberWish>;

/** A resource is called by its number, or by the order that is to bring one. */
const called = { number: "number/", order: "order/" } as const;

/** Begins to get a number, or to give one back. What takes time is left to `phoneNumberCompletion`. */
export async function onPhoneNumber(event: Event, { chime, sleep }: PhoneNumberParts): Promise<ResourceAnswer> {
  const { RequestType, PhysicalResourceId: present, ResourceProperties: wish, OldResourceProperties: before } = event;
  if (RequestType === "Delete") return { PhysicalResourceId: present ?? "" };
  if (RequestType === "Update" && present !== undefined && before !== undefined && isSameWish(wish, before))
    return { PhysicalResourceId: present };
  if (wish.Number !== undefined) return { PhysicalResourceId: `${called.number}${wish.Number}` };
  const left = await leftOver(wish.Label, chime);
  if (left !== undefined) return { PhysicalResourceId: `${called.number}${left}` };
  return { PhysicalResourceId: `${called.order}${await order(wish, chime, sleep)}` };
}

const isSameWish = (one: PhoneNumberWish, other: PhoneNumberWish): boolean =>
  (["Number", "AreaCode", "State", "TollFreePrefix"] as const).every((key) => one[key] === other[key]);

/** A number of this label that nobody has: an order whose stack failed has left it, or a stack that was removed. */
async function leftOver(label: string, chime: ChimeSDKVoiceClient): Promise<string | undefined> {
  let NextToken: string | undefined;
  do {
    const page = await chime.send(new ListPhoneNumbersCommand({ ProductType: "VoiceConnector", NextToken }));
    const found = page.PhoneNumbers?.find(({ Name, Status }) => Name === label && Status === "Unassigned");
    if (found?.E164PhoneNumber !== undefined) return found.E164PhoneNumber;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

async function order(wish: PhoneNumberWish, chime: ChimeSDKVoiceClient, sleep: Sleep): Promise<string> {
  const { AreaCode, State, TollFreePrefix, Label } = wish;
  const PhoneNumberType = TollFreePrefix === undefined ? "Local" : "TollFree";
  const where = { ...(AreaCode && { AreaCode }), ...(State && { State }), ...(TollFreePrefix && { TollFreePrefix }) };
  const search = new SearchAvailablePhoneNumbersCommand({ Country: "US", PhoneNumberType, MaxResults: 1, ...where });
  const [number] = (await chime.send(search)).E164PhoneNumbers ?? [];
  if (number === undefined) throw new Error(`No number is free ${wordsOf(wish)}. Wish for another one.`);
  const asked = new CreatePhoneNumberOrderCommand({
    ProductType: "VoiceConnector",
    E164PhoneNumbers: [number],
    Name: Label,
  });
  const id = (await patiently(() => chime.send(asked), sleep)).PhoneNumberOrder?.PhoneNumberOrderId;
  if (id === undefined) throw new Error(`The order of ${number} was answered without its id.`);
  return id;
}

const wordsOf = ({ AreaCode, State, TollFreePrefix }: PhoneNumberWish): string => {
  if (AreaCode !== undefined) return `with the area code ${AreaCode}`;
  return State === undefined ? `with the toll-free prefix ${TollFreePrefix}` : `in the state ${State}`;
};

/** Looks how far it is and takes the next step. Everything is read anew each time, so it can be asked as often as one likes. */
export async function phoneNumberCompletion(event: Event, { chime }: PhoneNumberParts): Promise<Completion> {
  const number = await numberOf(event.PhysicalResourceId ?? "", chime, event.RequestType === "Delete");
  if (event.RequestType === "Delete")
    return { IsComplete: number === undefined || (await release(number, event, chime)) };
  if (number === undefined) return { IsComplete: false };
  return (await assign(number, event, chime))
    ? { IsComplete: true, Data: { PhoneNumber: number } }
    : { IsComplete: false };
}

const failedOrders = new Set(["Failed", "Partial", "CancelRequested", "Cancelled"]);

/** The number that a resource is called by, or that its order has brought; `undefined` while that is under way. */
async function numberOf(id: string, chime: ChimeSDKVoiceClient, isLeaving: boolean): Promise<string | undefined> {
  if (id.startsWith(called.number)) return id.slice(called.number.length);
  // A resource that was never made is deleted by a name that CloudFormation has made up.
  if (!id.startsWith(called.order)) return undefined;
  const PhoneNumberOrderId = id.slice(called.order.length);
  const { PhoneNumberOrder } = await chime.send(new GetPhoneNumberOrderCommand({ PhoneNumberOrderId }));
  const { Status = "", OrderedPhoneNumbers = [] } = PhoneNumberOrder ?? {};
  if (Status === "Successful") return OrderedPhoneNumbers[0]?.E164PhoneNumber;
  if (failedOrders.has(Status) && !isLeaving)
    throw new Error(`The order of the number has ended: ${Status}. Try again.`);
  return undefined;
}

/** @returns whether the number is the connector's */
async function assign(number: string, event: Event, chime: ChimeSDKVoiceClient): Promise<boolean> {
  const { ResourceProperties: wish, OldResourceProperties: before } = event;
  const phone = await look(number, chime);
  if (phone === undefined && wish.Number !== undefined) throw new Error(`The account has no number ${number}.`);
  switch (phone?.Status) {
    case "AcquireFailed":
      throw new Error(`The number ${number} could not be had. Try again.`);
    case "Unassigned":
      await associate(number, wish.VoiceConnectorId, chime, false);
      return false;
    case "Assigned": {
      const owner = connectorOf(phone);
      if (owner === wish.VoiceConnectorId) return true;
      if (owner === undefined || owner !== before?.VoiceConnectorId)
        throw new Error(
          `The number ${number} belongs to ${owner ?? "something else than a Voice Connector"}. Take it from there first.`,
        );
      await associate(number, wish.VoiceConnectorId, chime, true);
      return false;
    }
    default:
      return false;
  }
}

/** @returns whether the number is given back, or let go of where it is to be kept */
async function release(
  number: string,
  { ResourceProperties: wish }: Event,
  chime: ChimeSDKVoiceClient,
): Promise<boolean> {
  const phone = await look(number, chime);
  if (phone === undefined) return true;
  if (phone.Status === "Assigned") {
    if (connectorOf(phone) !== wish.VoiceConnectorId) return true;
    await disassociate(number, wish.VoiceConnectorId, chime);
    return false;
  }
  if (phone.Status !== "Unassigned") return phone.Status !== "AcquireInProgress";
  const isOurs = wish.Number === undefined;
  if (isOurs && wish.Keep !== "true")
    await unlessGone(() => chime.send(new DeletePhoneNumberCommand({ PhoneNumberId: number })));
  return true;
}

async function look(number: string, chime: ChimeSDKVoiceClient): Promise<PhoneNumber | undefined> {
  try {
    return (await chime.send(new GetPhoneNumberCommand({ PhoneNumberId: number }))).PhoneNumber;
  } catch (fault) {
    if (nameOf(fault) === "NotFoundException") return undefined;
    throw fault;
  }
}

const connectorOf = ({ Associations = [] }: PhoneNumber): string | undefined =>
  Associations.find(({ Name }) => Name === "VoiceConnectorId")?.Value;

async function associate(
  number: string,
  VoiceConnectorId: string,
  chime: ChimeSDKVoiceClient,
  ForceAssociate: boolean,
): Promise<void> {
  const asked = { VoiceConnectorId, E164PhoneNumbers: [number], ForceAssociate };
  const { PhoneNumberErrors } = await chime.send(new AssociatePhoneNumbersWithVoiceConnectorCommand(asked));
  judge("given to the Voice Connector", PhoneNumberErrors);
}

async function disassociate(number: string, VoiceConnectorId: string, chime: ChimeSDKVoiceClient): Promise<void> {
  const asked = { VoiceConnectorId, E164PhoneNumbers: [number] };
  const { PhoneNumberErrors } = await chime.send(new DisassociatePhoneNumbersFromVoiceConnectorCommand(asked));
  judge("taken from the Voice Connector", PhoneNumberErrors);
}

/** What Chime only has to be asked for again. */
const passing = new Set(["Conflict", "NotFound", "ServiceFailure", "ServiceUnavailable", "Throttled", "Throttling"]);

/** Chime answers 200 and says in the body what did not work. */
function judge(what: string, errors: readonly PhoneNumberError[] = []): void {
  const lasting = errors.find(({ ErrorCode = "" }) => !passing.has(ErrorCode));
  if (lasting === undefined) return;
  const { PhoneNumberId, ErrorCode, ErrorMessage } = lasting;
  throw new Error(`The number ${PhoneNumberId} could not be ${what}: ${ErrorMessage ?? ErrorCode}`);
}
