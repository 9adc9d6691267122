import { EC2Client } from "@aws-sdk/client-ec2";
import { type Attachment, attachmentCompletion, onAttachment } from "./data-volume.ts";
import type { Completion, ResourceAnswer, ResourceEvent } from "./events.ts";
import { patientHttp } from "./patience.ts";

const ec2 = new EC2Client(patientHttp);

/** What Lambda calls when the resource is made, changed or removed. */
export const onEvent = async (event: ResourceEvent<Attachment>): Promise<ResourceAnswer> => onAttachment(event);

/** What Lambda calls until it says that it is done. */
export const isComplete = (event: ResourceEvent<Attachment>): Promise<Completion> => attachmentCompletion(event, ec2);
