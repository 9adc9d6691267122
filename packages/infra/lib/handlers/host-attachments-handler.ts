import { EC2Client } from "@aws-sdk/client-ec2";
import type { Completion, ResourceAnswer, ResourceEvent } from "./events.ts";
import { type Attachments, attachmentsCompletion, onAttachments } from "./host-attachments.ts";
import { retryingHttp } from "./retry-policy.ts";

const ec2 = new EC2Client(retryingHttp);

/** What Lambda calls when the resource is made, changed or removed. */
export const onEvent = async (event: ResourceEvent<Attachments>): Promise<ResourceAnswer> => onAttachments(event);

/** What Lambda calls until it says that it is done. */
export const isComplete = (event: ResourceEvent<Attachments>): Promise<Completion> => attachmentsCompletion(event, ec2);
