import { ChimeSDKVoiceClient } from "@aws-sdk/client-chime-sdk-voice";
import type { Completion, ResourceAnswer, ResourceEvent } from "./events.ts";
import { onPhoneNumber, type PhoneNumberWish, phoneNumberCompletion } from "./phone-number.ts";
import { retryingHttp, systemSleep } from "./retry-policy.ts";

const parts = { chime: new ChimeSDKVoiceClient(retryingHttp), sleep: systemSleep };

/** What Lambda calls when the resource is made, changed or removed. */
export const onEvent = (event: ResourceEvent<PhoneNumberWish>): Promise<ResourceAnswer> => onPhoneNumber(event, parts);

/** What Lambda calls until it says that it is done. */
export const isComplete = (event: ResourceEvent<PhoneNumberWish>): Promise<Completion> =>
  phoneNumberCompletion(event, parts);
