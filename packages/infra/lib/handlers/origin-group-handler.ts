import { EC2Client } from "@aws-sdk/client-ec2";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";
import { findOriginGroup, type OriginGroupWish } from "./origin-group.ts";
import { retryingHttp, systemSleep } from "./retry-policy.ts";

const parts = { ec2: new EC2Client(retryingHttp), sleep: systemSleep };

/** What Lambda calls. */
export const onEvent = (event: ResourceEvent<OriginGroupWish>): Promise<ResourceAnswer> =>
  findOriginGroup(event, parts);
