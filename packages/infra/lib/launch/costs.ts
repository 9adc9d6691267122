import { isTollFree, type Settings } from "../settings/settings.ts";
import { hostKind, numberKind, volumeKind } from "./kinds.ts";
import { resourcesOf, type Template } from "./template.ts";
import { dollars } from "./words.ts";

/** Prices of us-east-1, in US dollars a month of 730 hours, as AWS's lists had them late in 2026. README names the same ones. */
export const prices = {
  publicAddress: 3.65,
  loadBalancer: 16.43,
  storageGiB: 0.08,
  localNumber: 1,
  tollFreeNumber: 2,
  alarm: 0.1,
  metric: 0.3,
  logGB: 0.5,
  keptLogGB: 0.03,
  fileGB: 0.02,
  dashboardBeyondThree: 3,
} as const;

/** What a host costs an hour on demand, by its type. */
const hourly = new Map<string, number>(
  Object.entries({
    "t4g.nano": 0.0042,
    "t4g.micro": 0.0084,
    "t4g.small": 0.0168,
    "t4g.medium": 0.0336,
    "t4g.large": 0.0672,
    "t4g.xlarge": 0.1344,
    "t4g.2xlarge": 0.2688,
    "c7g.medium": 0.0363,
    "c7g.large": 0.0725,
    "c7g.xlarge": 0.145,
    "c7g.2xlarge": 0.29,
    "m7g.medium": 0.0408,
    "m7g.large": 0.0816,
    "m7g.xlarge": 0.1632,
    "m7g.2xlarge": 0.3264,
    "c8g.medium": 0.0399,
    "c8g.large": 0.0798,
    "c8g.xlarge": 0.1595,
  }),
);

/** What a host of the type costs a month, running all the time; `undefined` where the price is not known here. */
export function hostPrice(instanceType: string): number | undefined {
  const price = hourly.get(instanceType);
  return price === undefined ? undefined : price * 730;
}

/** The host's own disk, beside the one of the database. */
const rootGiB = 8;
/** What the server measures, and what it and AWS write about it, with a few calls a day. */
const usual = { metrics: 12, logGB: 1 };

/** One line of the estimate; without a price it is not estimated. */
export type Cost = { readonly what: string; readonly usd: number | undefined };

/** What a template costs a month while nobody calls, item by item, those that cost nothing left out. */
export function monthlyCosts(template: Template, settings: Settings): readonly Cost[] {
  const count = (...types: readonly string[]): number => resourcesOf(template, ...types).length;
  const hosts = count(hostKind);
  return [
    hosts === 0 ? [] : hostCosts(template, settings, hosts),
    each("public IPv4 address", count("AWS::EC2::EIP"), prices.publicAddress),
    each("load balancer, without its traffic", count("AWS::ElasticLoadBalancingV2::LoadBalancer"), prices.loadBalancer),
    numberCost(count(numberKind), settings),
    each("alarm", count("AWS::CloudWatch::Alarm"), prices.alarm),
    each("dashboard", Math.max(0, count("AWS::CloudWatch::Dashboard") - 3), prices.dashboardBeyondThree),
    each("CloudFront, within what is free", count("AWS::CloudFront::Distribution"), 0),
  ].flat();
}

const each = (what: string, count: number, usd: number): readonly Cost[] =>
  count === 0 ? [] : [{ what: count === 1 ? what : `${count} x ${what}`, usd: count * usd }];

function hostCosts(template: Template, { instanceType }: Settings, hosts: number): readonly Cost[] {
  const price = hostPrice(instanceType);
  const gib = hosts * rootGiB + resourcesOf(template, volumeKind).reduce((sum, one) => sum + sizeOf(one.Properties), 0);
  return [
    { what: `host, ${instanceType}${hosts === 1 ? "" : ` x ${hosts}`}`, usd: price && price * hosts },
    { what: `storage (EBS gp3), ${gib} GiB at ${dollars(prices.storageGiB)}`, usd: gib * prices.storageGiB },
    { what: `about ${usual.metrics} metrics of its own`, usd: usual.metrics * prices.metric },
    { what: `logs, about ${usual.logGB} GB at ${dollars(prices.logGB)}`, usd: usual.logGB * prices.logGB },
  ];
}

const sizeOf = (properties: Readonly<Record<string, unknown>> = {}): number => Number(properties.Size ?? 0);

function numberCost(count: number, { tollFreePrefix, number = "" }: Settings): readonly Cost[] {
  const isFree = tollFreePrefix !== undefined || isTollFree(number);
  return each(isFree ? "phone number, toll-free" : "phone number", count, numberPrice(isFree));
}

/** What a number costs a month. */
export const numberPrice = (isFree: boolean): number => (isFree ? prices.tollFreeNumber : prices.localNumber);
