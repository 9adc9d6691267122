import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as secrets from "@aws-sdk/client-secrets-manager";
import * as ssm from "@aws-sdk/client-ssm";
import * as sts from "@aws-sdk/client-sts";
import { ChimeStandIn } from "./chime-stand-in.ts";
import { closeServer, listenOnLoopback } from "./loopback.ts";

type Members = Readonly<Record<string, unknown>>;
export type AwsFault = { readonly status: number; readonly code: string; readonly message?: string };
/** XML inside the result for the query services, JSON for the others. */
type Answer = string | object | AwsFault;
export type AwsAsked = { readonly operation: string; readonly members: Members };
type Stack = { status: string; outputs: Record<string, string>; isProtected?: boolean };
type Event = { id: string; type?: string; name?: string; status: string; reason?: string };

const stackId = "arn:aws:cloudformation:us-east-1:111122223333:stack/trunkline/1";

/**
 * The APIs of STS, CloudFormation, Systems Manager, EC2, Secrets Manager and Chime as far as `launch` and `destroy` use
 * them, over HTTP on this machine, at one address. A request with a member that the SDK's schema does not have, or without
 * one that it requires, is a failure of the test.
 */
export class AwsStandIn {
  readonly chime = new ChimeStandIn();
  readonly asked: AwsAsked[] = [];
  readonly #faults: string[] = [];
  /** The version of CDK's preparation of the region. */
  prepared: string | undefined = "28";
  stack: Stack | undefined;
  /** The states that the stack has when it is looked at, one after the other; then it is gone. */
  removal: string[] = ["DELETE_IN_PROGRESS", "DELETE_COMPLETE"];
  /** The newest first. */
  events: Event[] = [];
  left = 3;
  addresses = 0;
  maxAddresses = "5";
  instanceTypes = ["t4g.small"];
  /** By ARN; a true one is being deleted. */
  secrets: Record<string, boolean> = {};
  connectors = 0;
  /** The product type that numbers have. */
  productType = "VoiceConnector";
  volumeGiB = 8;
  /** What a command on the host answers, one look after the other; the last one stays. */
  invocations: object[] = [];
  readonly #failing = new Map<string, AwsFault[]>();
  #removing = false;
  #chimeUrl = "";
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  async listen(): Promise<string> {
    this.#chimeUrl = await this.chime.listen();
    return listenOnLoopback(this.#server);
  }

  close(): void {
    closeServer(this.#server);
    this.chime.close();
  }

  get faults(): readonly string[] {
    return [...this.#faults, ...this.chime.faults];
  }

  /** Makes an operation fail, each time from now on, or once by each fault. */
  fail(operation: string, ...faults: readonly AwsFault[]): void {
    this.#failing.set(operation, [...faults]);
  }

  /** All operations that were asked for, Chime's too. */
  get operations(): readonly string[] {
    return [...this.asked, ...this.chime.asked].map(({ operation }) => operation);
  }

  membersOf(operation: string): readonly Members[] {
    return this.asked.filter((one) => one.operation === operation).map(({ members }) => members);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const target = String(request.headers["x-amz-target"] ?? "");
    if (target !== "") return this.#json(target.split(".")[1] ?? "", JSON.parse(body) as Members, response);
    if (String(request.headers["content-type"]).startsWith("application/x-www-form-urlencoded"))
      return this.#query(Object.fromEntries(new URLSearchParams(body)), response);
    await this.#chime(request, body, response);
  }

  #json(operation: string, members: Members, response: ServerResponse): void {
    const answer = this.#answerTo(operation, members);
    if (isFault(answer)) return sendJson(response, answer.status, { __type: answer.code, message: answer.message });
    sendJson(response, 200, answer as object);
  }

  #query({ Action = "", Version: _, ...members }: Record<string, string>, response: ServerResponse): void {
    const answer = this.#answerTo(Action, members);
    const isFailed = isFault(answer);
    response.writeHead(isFailed ? answer.status : 200, { "content-type": "text/xml" });
    if (isFailed) response.end(xmlFault(answer, isEc2(Action)));
    else if (isEc2(Action)) response.end(`<${Action}Response>${answer}</${Action}Response>`);
    else response.end(`<${Action}Response><${Action}Result>${answer}</${Action}Result></${Action}Response>`);
  }

  /** Chime's own stand-in answers what it knows. */
  async #chime(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    // Who asks by a proxy names the whole URL.
    const { pathname, search } = new URL(request.url ?? "", this.#chimeUrl);
    const path = `${pathname}${search}`;
    const isList = request.method === "GET" && /^\/voice-connectors(\?|$)/.test(path);
    const operation = isList ? "ListVoiceConnectors" : "chime";
    const fault = this.#faultOf(operation);
    if (isList) this.asked.push({ operation, members: {} });
    if (fault !== undefined) return sendJson(response, fault.status, { Code: fault.code, Message: fault.message });
    if (isList)
      return sendJson(response, 200, { VoiceConnectors: Array.from({ length: this.connectors }, () => ({})) });
    const answer = await fetch(new URL(path, this.#chimeUrl), {
      method: request.method ?? "GET",
      ...(body !== "" && { body }),
    });
    const given = (await answer.text()).replace(/(?<="ProductType":")\w+/, this.productType);
    const type = answer.headers.get("x-amzn-errortype");
    response.writeHead(answer.status, {
      "content-type": "application/json",
      ...(type !== null && { "x-amzn-errortype": type }),
    });
    response.end(given);
  }

  #faultOf(operation: string): AwsFault | undefined {
    const left = this.#failing.get(operation) ?? [];
    return left.length > 1 ? left.shift() : left[0];
  }

  #answerTo(operation: string, members: Members): Answer {
    this.asked.push({ operation, members });
    this.#faults.push(...memberFaults(operation, members).map((fault) => `${operation}: ${fault}`));
    return this.#faultOf(operation) ?? this.#answer(operation, members);
  }

  #answer(operation: string, members: Members): Answer {
    switch (operation) {
      case "GetCallerIdentity":
        return "<Account>111122223333</Account><Arn>arn:aws:iam::111122223333:user/me</Arn><UserId>U</UserId>";
      case "GetParameter":
        return this.prepared === undefined
          ? { status: 400, code: "ParameterNotFound" }
          : { Parameter: { Name: members.Name, Value: this.prepared } };
      case "DescribeStacks":
        return this.#stackView(String(members.StackName));
      case "DescribeStackEvents":
        return this.stack === undefined ? absent : `<StackEvents>${this.events.map(eventXml).join("")}</StackEvents>`;
      case "ListStackResources":
        return `<StackResourceSummaries>${`<member><ResourceStatus>DELETE_IN_PROGRESS</ResourceStatus></member>`.repeat(this.left--)}
          <member><ResourceStatus>DELETE_COMPLETE</ResourceStatus></member></StackResourceSummaries>`;
      case "DeleteStack":
        this.#removing = true;
        return "";
      case "DescribeAddresses":
        return `<addressesSet>${"<item><domain>vpc</domain></item>".repeat(this.addresses)}</addressesSet>`;
      case "DescribeAccountAttributes":
        return `<accountAttributeSet><item><attributeName>vpc-max-elastic-ips</attributeName><attributeValueSet><item>
          <attributeValue>${this.maxAddresses}</attributeValue></item></attributeValueSet></item></accountAttributeSet>`;
      case "DescribeInstanceTypeOfferings":
        return `<instanceTypeOfferingSet>${
          this.instanceTypes.includes(String(members["Filter.1.Value.1"])) ? "<item></item>" : ""
        }</instanceTypeOfferingSet>`;
      case "DescribeVolumes":
        return `<volumeSet><item><size>${this.volumeGiB}</size></item></volumeSet>`;
      case "DescribeSecret":
        return this.#secretView(String(members.SecretId));
      case "SendCommand":
        return { Command: { CommandId: "command-1" } };
      case "GetCommandInvocation":
        return (this.invocations.length > 1 ? this.invocations.shift() : this.invocations[0]) ?? {};
      default:
        return { status: 400, code: "InvalidAction", message: `the stand-in has no ${operation}` };
    }
  }

  #stackView(name: string): Answer {
    const status = this.#removing ? (this.removal.shift() ?? "") : this.stack?.status;
    // A deleted stack is found by its id alone.
    if (this.stack === undefined || status === undefined || (name !== stackId && name !== "trunkline")) return absent;
    const outputs = Object.entries(this.stack.outputs).map(
      ([key, value]) =>
        `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll("&", "&amp;")}</OutputValue></member>`,
    );
    return `<Stacks><member><StackId>${stackId}</StackId><StackName>trunkline</StackName><StackStatus>${status}</StackStatus>
      <EnableTerminationProtection>${this.stack.isProtected ?? false}</EnableTerminationProtection>
      <CreationTime>2026-11-01T00:00:00Z</CreationTime><Outputs>${outputs.join("")}</Outputs></member></Stacks>`;
  }

  #secretView(arn: string): Answer {
    const isGoing = this.secrets[arn];
    if (isGoing === undefined) return { status: 400, code: "ResourceNotFoundException", message: "no such secret" };
    return { ARN: arn, ...(isGoing && { DeletedDate: 1_793_000_000 }) };
  }
}

const absent: AwsFault = {
  status: 400,
  code: "ValidationError",
  message: "Stack with id trunkline does not exist",
};

const isFault = (answer: Answer): answer is AwsFault => typeof answer === "object" && "code" in answer;

const isEc2 = (action: string): boolean => /^Describe(Addresses|AccountAttributes|InstanceType|Volumes)/.test(action);

const xmlFault = ({ code, message = "" }: AwsFault, isOfEc2: boolean): string => {
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return isOfEc2 ? `<Response><Errors>${error}</Errors></Response>` : `<ErrorResponse>${error}</ErrorResponse>`;
};

const eventXml = ({ id, type = "AWS::Lambda::Function", name = "Thing", status, reason }: Event): string =>
  `<member><EventId>${id}</EventId><ResourceType>${type}</ResourceType><LogicalResourceId>${name}</LogicalResourceId>
    <ResourceStatus>${status}</ResourceStatus>${
      reason === undefined ? "" : `<ResourceStatusReason>${reason}</ResourceStatusReason>`
    }<StackId>${stackId}</StackId><StackName>trunkline</StackName><Timestamp>2026-11-01T00:00:00Z</Timestamp></member>`;

function sendJson(response: ServerResponse, status: number, body: object): void {
  const { Code } = body as { Code?: string };
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.1",
    ...(Code !== undefined && { "x-amzn-errortype": Code }),
  });
  response.end(JSON.stringify(body));
}

/** The SDK's own schemas of requests, by operation; EC2's names on the wire are others. */
const requests = new Map(
  [cloudformation, secrets, ssm, sts]
    .flatMap((sdk) => Object.values(sdk as Readonly<Record<string, unknown>>))
    .filter((value): value is readonly unknown[] => Array.isArray(value) && value[0] === 9)
    .map((operation) => [String(operation[2]), (operation[4] as () => readonly unknown[])()]),
);

function memberFaults(operation: string, members: Members): readonly string[] {
  const request = requests.get(operation);
  if (request === undefined) return isEc2(operation) ? [] : ["is no operation"];
  const names = request[4] as readonly string[];
  const given = Object.keys(members).map((name) => name.split(".")[0] ?? "");
  const required = names.slice(0, Number(request[6] ?? 0));
  return [
    ...given.filter((name) => !names.includes(name)).map((name) => `${name} is no member`),
    ...required.filter((name) => !given.includes(name)).map((name) => `${name} is missing`),
  ];
}
