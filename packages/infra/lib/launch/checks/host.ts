import {
  DescribeAccountAttributesCommand,
  DescribeAddressesCommand,
  DescribeInstanceTypeOfferingsCommand,
} from "@aws-sdk/client-ec2";
import { zonesOf } from "../../settings/regions.ts";
import type { Check } from "./check.ts";

const usualAddresses = 5;

/** Whether the account may have one more public address that stays. */
export const addresses: Check = {
  what: "how many Elastic IP addresses there are",
  find: async ({ clients: { ec2 }, command, isNew }) => {
    if (!isNew) return [];
    const [{ Addresses = [] }, { AccountAttributes = [] }] = await Promise.all([
      ec2.send(new DescribeAddressesCommand()),
      // The SDK's type knows only two of the names that the API has.
      ec2.send(
        new DescribeAccountAttributesCommand({ AttributeNames: ["vpc-max-elastic-ips" as "supported-platforms"] }),
      ),
    ]);
    const quota = Number(AccountAttributes[0]?.AttributeValues?.[0]?.AttributeValue ?? usualAddresses);
    if (Addresses.length < quota) return [];
    return [
      `There are ${Addresses.length} Elastic IP addresses in ${command.settings.region}, and the account may have ${quota}. Give one back that nothing uses (the console
of EC2, Elastic IPs), or ask AWS for more (Service Quotas, "EC2-VPC Elastic IPs").`,
    ];
  },
};

/** Whether there are such hosts in the zone where the host stands. */
export const instanceType: Check = {
  what: "whether the zone has the instance type",
  find: async ({ clients: { ec2 }, command }) => {
    const { instanceType: type, region } = command.settings;
    const [zone] = zonesOf(region);
    const { InstanceTypeOfferings = [] } = await ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: "availability-zone-id",
        Filters: [
          { Name: "instance-type", Values: [type] },
          { Name: "location", Values: [zone] },
        ],
      }),
    );
    if (InstanceTypeOfferings.length > 0) return [];
    return [
      `${region} has no hosts of the type ${type} in its zone ${zone}. Name another one with -c instanceType=..., such as t4g.small.`,
    ];
  },
};
