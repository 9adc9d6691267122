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
import { nameOf, retrying, type Sleep, unlessGone } from "./retry-policy.ts";

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

/**
 * What a resource is called: by its number, or by the order that is to bring one, and by the wish that it fulfils. By that a
 * change that is taken back (CloudFormation then sends another one, the other way round) finds what it had.
 */
type Called = { readonly kind: "number" | "order"; readonly name: string; readonly wish: string };

const idOf = ({ kind, name, wish }: Called): string => [kind, name, wish].join("/");

function readId(id: string): Called | undefined {
  const [, kind, name, wish] = /^(number|order)\/([^/]+)\/([^/]+)$/.exec(id) ?? [];
  return name === undefined || wish === undefined ? undefined : { kind: kind as Called["kind"], name, wish };
}

/** The wish in a word, also for the account's list of numbers. */
function wishOf({ Number: own, AreaCode, State, TollFreePrefix }: PhoneNumberWish): string {
  if (own !== undefined) return own.slice(1);
  return AreaCode ?? State ?? TollFreePrefix ?? "";
}

/** Begins to get a number, or to give one back. What takes time is left to `phoneNumberCompletion`. */
export async function onPhoneNumber(event: Event, { chime, sleep }: PhoneNumberParts): Promise<ResourceAnswer> {
  const { RequestType, PhysicalResourceId = "", ResourceProperties: properties } = event;
  const wish = wishOf(properties);
  const present = readId(PhysicalResourceId);
  if (RequestType === "Delete" || present?.wish === wish) return { PhysicalResourceId };
  if (properties.Number !== undefined) {
    // Whoever names the number that she has been given keeps it.
    const own = present && (await numberOf(present, chime));
    return {
      PhysicalResourceId:
        own === properties.Number ? PhysicalResourceId : idOf({ kind: "number", name: properties.Number, wish }),
    };
  }
  const left = await leftOver(properties, chime);
  const kind = left === undefined ? "order" : "number";
  return { PhysicalResourceId: idOf({ kind, name: left ?? (await order(properties, chime, sleep)), wish }) };
}

const labelOf = (wish: PhoneNumberWish): string => `${wish.Label}.${wishOf(wish)}`;

/** A number that was ordered for this wish and is nobody's, or is this connector's already: an attempt before, or a stack that was removed, has left it. */
async function leftOver(wish: PhoneNumberWish, chime: ChimeSDKVoiceClient): Promise<string | undefined> {
  const isFree = ({ Status, ...phone }: PhoneNumber): boolean =>
    Status === "Unassigned" || Status === "AcquireInProgress" || connectorOf(phone) === wish.VoiceConnectorId;
  let NextToken: string | undefined;
  do {
    const page = await chime.send(new ListPhoneNumbersCommand({ ProductType: "VoiceConnector", NextToken }));
    const found = page.PhoneNumbers?.find((phone) => phone.Name === labelOf(wish) && isFree(phone));
    if (found?.E164PhoneNumber !== undefined) return found.E164PhoneNumber;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return undefined;
}

async function order(wish: PhoneNumberWish, chime: ChimeSDKVoiceClient, sleep: Sleep): Promise<string> {
  const { AreaCode, State, TollFreePrefix } = wish;
  const PhoneNumberType = TollFreePrefix === undefined ? "Local" : "TollFree";
  const where = { ...(AreaCode && { AreaCode }), ...(State && { State }), ...(TollFreePrefix && { TollFreePrefix }) };
  const search = new SearchAvailablePhoneNumbersCommand({ Country: "US", PhoneNumberType, MaxResults: 1, ...where });
  const [number] = (await chime.send(search)).E164PhoneNumbers ?? [];
  if (number === undefined) throw new Error(`No number is available ${wordsOf(wish)}. Choose another area code.`);
  const asked = new CreatePhoneNumberOrderCommand({
    ProductType: "VoiceConnector",
    E164PhoneNumbers: [number],
    Name: labelOf(wish),
  });
  const id = (await retrying(() => chime.send(asked), sleep)).PhoneNumberOrder?.PhoneNumberOrderId;
  if (id === undefined) throw new Error(`The response to the order of ${number} has no order ID.`);
  return id;
}

const wordsOf = ({ AreaCode, State, TollFreePrefix }: PhoneNumberWish): string => {
  if (AreaCode !== undefined) return `with the area code ${AreaCode}`;
  return State === undefined ? `with the toll-free prefix ${TollFreePrefix}` : `in the state ${State}`;
};

/**
 * Looks how far it is and takes the next step. Everything is read anew each time, so it can be asked as often as one likes;
 * what only passes is looked at again later.
 */
export async function phoneNumberCompletion(event: Event, { chime }: PhoneNumberParts): Promise<Completion> {
  try {
    // A resource that was never made is deleted by a name that CloudFormation has made up.
    const called = readId(event.PhysicalResourceId ?? "");
    if (event.RequestType === "Delete")
      return { IsComplete: called === undefined || (await leave(called, event, chime)) };
    const number = called && (await numberOf(called, chime));
    if (number === undefined) return { IsComplete: false };
    return (await assign(number, event, chime))
      ? { IsComplete: true, Data: { PhoneNumber: number } }
      : { IsComplete: false };
  } catch (fault) {
    if (passingFaults.has(nameOf(fault))) return { IsComplete: false };
    throw fault;
  }
}

const passingFaults = new Set([
  "ConflictException",
  "ServiceFailureException",
  "ServiceUnavailableException",
  "ThrottledClientException",
  "TimeoutError",
]);
const underWay = new Set(["Processing", "Submitted", "PendingDocuments", "FOC", "ChangeRequested"]);

/** What an order has brought: `pending` while it is under way, `none` when it has ended without a number. */
type Brought =
  | { readonly kind: "number"; readonly number: string }
  | { readonly kind: "pending" | "none"; readonly status: string };

async function broughtBy(order: string, chime: ChimeSDKVoiceClient): Promise<Brought> {
  const { PhoneNumberOrder } = await chime.send(new GetPhoneNumberOrderCommand({ PhoneNumberOrderId: order }));
  const { Status = "", OrderedPhoneNumbers: [ordered] = [] } = PhoneNumberOrder ?? {};
  if (underWay.has(Status)) return { kind: "pending", status: Status };
  const number = Status === "Successful" ? ordered?.E164PhoneNumber : undefined;
  return number === undefined ? { kind: "none", status: Status } : { kind: "number", number };
}

/** The number that a resource is called by, or that its order has brought; `undefined` while that is under way. */
async function numberOf({ kind, name }: Called, chime: ChimeSDKVoiceClient): Promise<string | undefined> {
  if (kind === "number") return name;
  const brought = await broughtBy(name, chime);
  if (brought.kind === "number") return brought.number;
  if (brought.kind === "pending") return undefined;
  throw new Error(`The number order ended with ${brought.status}. Try again.`);
}

/** An order that is under way is waited for: the number that it brings would belong to nothing. @returns whether nothing is left to do */
async function leave({ kind, name }: Called, event: Event, chime: ChimeSDKVoiceClient): Promise<boolean> {
  if (kind === "number") return release(name, event, chime);
  const brought = await broughtBy(name, chime).catch((fault: unknown) => {
    if (nameOf(fault) === "NotFoundException") return { kind: "none", status: "" } as const;
    throw fault;
  });
  return brought.kind === "number" ? release(brought.number, event, chime) : brought.kind === "none";
}

/** @returns whether the number is the connector's */
async function assign(number: string, event: Event, chime: ChimeSDKVoiceClient): Promise<boolean> {
  const { ResourceProperties: wish, OldResourceProperties: before } = event;
  const phone = await look(number, chime);
  if (phone === undefined && wish.Number !== undefined) throw new Error(`The account has no number ${number}.`);
  switch (phone?.Status) {
    case "AcquireFailed":
      throw new Error(`The number ${number} could not be ordered. Try again.`);
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
    case undefined:
    case "AcquireInProgress":
      return false;
    default:
      throw new Error(`The number ${number} is ${phone?.Status}: it cannot be used.`);
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

const connectorOf = ({ Associations = [] }: Pick<PhoneNumber, "Associations">): string | undefined =>
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
