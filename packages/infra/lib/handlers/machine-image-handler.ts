import { SSMClient } from "@aws-sdk/client-ssm";
import type { ResourceAnswer, ResourceEvent } from "./events.ts";
import { chooseImage, type MachineImageWish } from "./machine-image.ts";
import { retryingHttp } from "./retry-policy.ts";

const ssm = new SSMClient(retryingHttp);

/** What Lambda calls. */
export const onEvent = (event: ResourceEvent<MachineImageWish>): Promise<ResourceAnswer> => chooseImage(event, ssm);
