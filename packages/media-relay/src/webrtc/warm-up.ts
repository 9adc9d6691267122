import { makeCertificate } from "./werift-inside.ts";

/** Does once, before the first call, what every call needs: loads werift and makes this thread's certificate. */
export const warmUp = (): Promise<void> => makeCertificate();
