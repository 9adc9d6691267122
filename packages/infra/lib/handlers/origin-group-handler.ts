import { EC2Client } from "@aws-sdk/client-ec2";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";
import { findOriginGroup, type OriginGroupWish } from "./origin-group.ts";
import { patientHttp, systemSleep } from "./patience.ts";

const parts = { ec2: new EC2Client(patientHttp), sleep: systemSleep };

/** What Lambda calls. */
export const onEvent = (event: ResourceEvent<OriginGroupWish>): Promise<ResourceAnswer> =>
  findOriginGroup(event, parts);
