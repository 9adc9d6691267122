import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { closeServer, listenOnLoopback } from "./loopback.ts";
import { type ApiOperation, faultsOf, operations, queryNames } from "./schema.ts";

/** A number in the account. */
export type AccountNumber = { status: string; name?: string; connector?: string };
type Members = Record<string, unknown>;
type Answer = { readonly status?: number; readonly body?: object };
type Fault = { readonly status: number; readonly code: string; readonly message?: string };

/** A request as the stand-in understood it. */
export type Asked = { readonly operation: string; readonly members: Members };

/**
 * The API of the Amazon Chime SDK Voice as far as a deployment uses it, over HTTP on this machine: an account with
 * connectors, numbers and orders. Each request is held against the SDK's own schema of its operation; one that does not
 * fit is a failure of the test.
 */
export class ChimeStandIn {
  readonly asked: Asked[] = [];
  /** What does not fit the SDK's schemas. */
  readonly faults: string[] = [];
  readonly connectors = new Map<
    string,
    { termination?: unknown; origination?: unknown; logging?: unknown; credentials: string[] }
  >();
  readonly numbers = new Map<string, AccountNumber>();
  readonly orders = new Map<string, { status: string; numbers: string[] }>();
  /** What a search finds. */
  free = ["+16185550100"];
  /** How often an order is asked for until it is done, and a number until it can be used. */
  pendingLooks = 0;
  /** What an association answers in its body although it answers 200. */
  numberErrors: object[] = [];
  readonly #failing = new Map<string, Fault[]>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  listen(): Promise<string> {
    return listenOnLoopback(this.#server);
  }

  close(): void {
    closeServer(this.#server);
  }

  /** Makes the next requests of an operation fail, one by each fault. */
  fail(operation: string, ...faults: readonly Fault[]): void {
    this.#failing.set(operation, [...(this.#failing.get(operation) ?? []), ...faults]);
  }

  /** How often an operation was asked for. */
  count(operation: string): number {
    return this.asked.filter((one) => one.operation === operation).length;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://chime.invalid");
    const found = match(request.method ?? "", url);
    if (found === undefined) {
      this.faults.push(`${request.method} ${request.url}: is no operation`);
      return send(response, { status: 404, code: "UnknownOperationException" });
    }
    const { operation, labels } = found;
    const body = await text(request);
    const members: Members = {
      ...labels,
      ...queryOf(operation, url),
      ...(body === "" ? {} : (JSON.parse(body) as Members)),
    };
    this.asked.push({ operation: operation.name, members });
    this.faults.push(...faultsOf(operation, members).map((fault) => `${operation.name}: ${fault}`));
    const failing = this.#failing.get(operation.name)?.shift();
    if (failing !== undefined) return send(response, failing);
    const answer = this.#answer(operation.name, members);
    if ("code" in answer) return send(response, answer);
    response.writeHead(answer.status ?? operation.status, { "content-type": "application/json" });
    response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }

  #answer(operation: string, members: Members): Answer | Fault {
    const id = String(members.VoiceConnectorId ?? "");
    const connector = this.connectors.get(id);
    if (members.VoiceConnectorId !== undefined && connector === undefined)
      return { status: 404, code: "NotFoundException" };
    const number = String(members.PhoneNumberId ?? "");
    switch (operation) {
      case "PutVoiceConnectorTermination":
        connector!.termination = members.Termination;
        return { body: { Termination: members.Termination } };
      case "PutVoiceConnectorOrigination":
        connector!.origination = members.Origination;
        return { body: { Origination: members.Origination } };
      case "PutVoiceConnectorLoggingConfiguration":
        connector!.logging = members.LoggingConfiguration;
        return { body: { LoggingConfiguration: members.LoggingConfiguration } };
      case "PutVoiceConnectorTerminationCredentials":
        for (const { Username } of members.Credentials as { Username: string }[])
          if (!connector!.credentials.includes(Username)) connector!.credentials.push(Username);
        return {};
      case "DeleteVoiceConnectorTerminationCredentials":
        connector!.credentials = connector!.credentials.filter(
          (name) => !(members.Usernames as string[]).includes(name),
        );
        return {};
      case "ListVoiceConnectorTerminationCredentials":
        return { body: { Usernames: connector!.credentials } };
      case "DeleteVoiceConnectorTermination":
        connector!.termination = undefined;
        return {};
      case "DeleteVoiceConnectorOrigination":
        connector!.origination = undefined;
        return {};
      case "SearchAvailablePhoneNumbers":
        return { body: { E164PhoneNumbers: this.free.slice(0, Number(members.MaxResults)) } };
      case "ListPhoneNumbers":
        return { body: { PhoneNumbers: [...this.numbers].map(([e164, one]) => viewOf(e164, one)) } };
      case "CreatePhoneNumberOrder":
        return this.#order(members.E164PhoneNumbers as string[], members.Name as string | undefined);
      case "GetPhoneNumberOrder":
        return this.#orderView(String(members.PhoneNumberOrderId));
      case "GetPhoneNumber":
        return this.#numberView(number);
      case "DeletePhoneNumber":
        return this.#delete(number);
      case "AssociatePhoneNumbersWithVoiceConnector":
        return this.#associate(members.E164PhoneNumbers as string[], id, members.ForceAssociate === true);
      case "DisassociatePhoneNumbersFromVoiceConnector":
        return this.#disassociate(members.E164PhoneNumbers as string[]);
      default:
        return { status: 400, code: "BadRequestException", message: `the stand-in has no ${operation}` };
    }
  }

  #order(numbers: string[], name: string | undefined): Answer {
    const id = `order-${this.orders.size + 1}`;
    this.orders.set(id, { status: "Processing", numbers });
    for (const number of numbers)
      this.numbers.set(number, { status: "AcquireInProgress", ...(name !== undefined && { name }) });
    return { body: { PhoneNumberOrder: { PhoneNumberOrderId: id, Status: "Processing" } } };
  }

  #orderView(id: string): Answer | Fault {
    const order = this.orders.get(id);
    if (order === undefined) return { status: 404, code: "NotFoundException" };
    if (order.status === "Processing" && this.pendingLooks-- <= 0) {
      order.status = "Successful";
      for (const number of order.numbers) this.numbers.get(number)!.status = "Unassigned";
    }
    const ordered = order.numbers.map((number) => ({ E164PhoneNumber: number, Status: order.status }));
    return {
      body: { PhoneNumberOrder: { PhoneNumberOrderId: id, Status: order.status, OrderedPhoneNumbers: ordered } },
    };
  }

  #numberView(number: string): Answer | Fault {
    const found = this.numbers.get(number);
    return found === undefined
      ? { status: 404, code: "NotFoundException" }
      : { body: { PhoneNumber: viewOf(number, found) } };
  }

  #delete(number: string): Answer | Fault {
    if (this.numbers.get(number)?.connector !== undefined) return { status: 409, code: "ConflictException" };
    return this.numbers.delete(number) ? {} : { status: 404, code: "NotFoundException" };
  }

  #associate(numbers: string[], connector: string, isForced: boolean): Answer {
    const errors = this.numberErrors.splice(0);
    if (errors.length === 0)
      for (const number of numbers) {
        const found = this.numbers.get(number)!;
        if (found.connector !== undefined && !isForced)
          errors.push({ PhoneNumberId: number, ErrorCode: "PhoneNumberAssociationsExist" });
        else Object.assign(found, { connector, status: "Assigned" });
      }
    return { body: { PhoneNumberErrors: errors } };
  }

  #disassociate(numbers: string[]): Answer {
    const errors = this.numberErrors.splice(0);
    if (errors.length === 0)
      for (const number of numbers) {
        const found = this.numbers.get(number);
        if (found !== undefined)
          this.numbers.set(number, { status: "Unassigned", ...(found.name && { name: found.name }) });
      }
    return { body: { PhoneNumberErrors: errors } };
  }
}

const viewOf = (number: string, { status, name, connector }: AccountNumber): object => ({
  PhoneNumberId: number,
  E164PhoneNumber: number,
  Status: status,
  ProductType: "VoiceConnector",
  ...(name !== undefined && { Name: name }),
  Associations: connector === undefined ? [] : [{ Name: "VoiceConnectorId", Value: connector }],
});

function send(response: ServerResponse, { status, code, message = code }: Fault): void {
  response.writeHead(status, { "content-type": "application/json", "x-amzn-errortype": code });
  response.end(JSON.stringify({ Code: code, Message: message }));
}

/** The operation whose method, path and fixed query these are. */
function match(method: string, url: URL): { readonly operation: ApiOperation; readonly labels: Members } | undefined {
  for (const operation of operations) {
    const [path = "", query = ""] = operation.uri.split("?");
    if (operation.method !== method) continue;
    const labels = labelsIn(path, url.pathname);
    if (labels === undefined) continue;
    const fixed = [...new URLSearchParams(query)];
    if (fixed.every(([name, value]) => url.searchParams.get(name) === value) && hasNoOther(url, operation, fixed))
      return { operation, labels };
  }
  return undefined;
}

const hasNoOther = (url: URL, operation: ApiOperation, fixed: readonly (readonly [string, string])[]): boolean => {
  const known = new Set([...fixed.map(([name]) => name), ...Object.keys(queryNames(operation))]);
  return [...url.searchParams.keys()].every((name) => known.has(name));
};

function labelsIn(pattern: string, path: string): Members | undefined {
  const [wanted, given] = [pattern.split("/"), path.split("/")];
  if (wanted.length !== given.length) return undefined;
  const labels: Members = {};
  for (const [at, part] of wanted.entries()) {
    const label = /^\{(.+)\}$/.exec(part)?.[1];
    if (label !== undefined) labels[label] = decodeURIComponent(given[at] ?? "");
    else if (part !== given[at]) return undefined;
  }
  return labels;
}

function queryOf(operation: ApiOperation, url: URL): Members {
  const members: Members = {};
  for (const [name, { member, isNumber }] of Object.entries(queryNames(operation))) {
    const value = url.searchParams.get(name);
    if (value !== null) members[member] = isNumber ? Number(value) : value;
  }
  return members;
}
