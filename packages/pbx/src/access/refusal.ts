/**
 * Every way in which the HTTP listener and the admin socket say no: the code, its status and its words.
 * The words tell a stranger nothing about what stands behind.
 */
export const httpErrors = {
  HTTP_BAD_REQUEST: { status: 400, message: "The request is malformed." },
  HTTP_SUBPROTOCOL_MISSING: { status: 400, message: "The WebSocket must offer the subprotocol sip." },
  HTTP_NOT_SIGNED_IN: { status: 401, message: "You are not signed in." },
  HTTP_SIGN_IN_REFUSED: { status: 401, message: "You could not be signed in. Try again, or ask for a sign-in link." },
  HTTP_OPERATORS_ONLY: { status: 403, message: "Only operators may do this." },
  HTTP_FOREIGN_HOST: { status: 403, message: "This server is not configured for that host name." },
  HTTP_FOREIGN_ORIGIN: { status: 403, message: "Pages of another site may not use this server." },
  HTTP_NOT_FOUND: { status: 404, message: "There is nothing here." },
  HTTP_NO_SUCH_USER: { status: 404, message: "There is no such user." },
  HTTP_NO_SUCH_SESSION: { status: 404, message: "There is no such session or passkey." },
  HTTP_NO_SUCH_CALL: { status: 404, message: "There is no such call." },
  HTTP_NOT_SIMULATED: { status: 409, message: "Calls are simulated in loopback mode only." },
  HTTP_NOT_CONFIGURED: { status: 409, message: "Loopback mode has no configuration file to reload." },
  HTTP_NO_SIGN_IN: {
    status: 409,
    message: "Loopback mode has no sign-in: its one user is already signed in.",
  },
  HTTP_LINK_INVALID: {
    status: 410,
    message: "This link no longer works. Links work once, for one day. Ask for a new one.",
  },
  HTTP_CONFIG_FAULTY: { status: 422, message: "The configuration has errors. Nothing was changed." },
  HTTP_UPGRADE_REQUIRED: { status: 426, message: "This address accepts only WebSocket connections." },
  HTTP_TOO_MANY_DEVICES: { status: 429, message: "The phone is open in too many places. Close one of them." },
  HTTP_TOO_MANY_ATTEMPTS: { status: 429, message: "Too many attempts. Try again in a minute." },
  HTTP_FAILED: { status: 500, message: "The server failed. Its log says why." },
  HTTP_FULL: { status: 503, message: "Too many phones are connected. Try again in a moment." },
} as const satisfies Record<string, { readonly status: number; readonly message: string }>;

export type HttpErrorCode = keyof typeof httpErrors;

/** One answer that says no. */
export type Refusal = { readonly code: HttpErrorCode; readonly status: number; readonly message: string };

/** A refusal that is thrown, from inside a library that knows no other way. */
export class RefusalError extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Makes a refusal; `changes` where the cause knows better words or a closer status. */
export const refusal = (
  code: HttpErrorCode,
  changes: { readonly status?: number; readonly message?: string } = {},
): Refusal => ({ code, ...httpErrors[code], ...changes });

/** The body in which a refusal travels. */
export const refusalBody = ({
  code,
  message,
}: Refusal): {
  readonly error: { readonly code: HttpErrorCode; readonly message: string };
} => ({ error: { code, message } });
