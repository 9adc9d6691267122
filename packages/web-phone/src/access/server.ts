import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import {
  type DeviceLink,
  type Devices,
  readDevices,
  readGuest,
  readLink,
  readWaysIn,
  type WaysIn,
} from "../core/access.ts";
import { type Parsed, parsed, refused } from "../kernel/parsed.ts";

const unreachable = "The server cannot be reached. Try again in a moment.";

/** Asks the server. What it refuses comes with its own words. */
async function ask(path: string, method: "GET" | "POST", body?: object): Promise<Parsed<unknown>> {
  try {
    const headers = body === undefined ? {} : { "content-type": "application/json" };
    const response = await fetch(path, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
    const answer: unknown = await response.json();
    return response.ok ? parsed(answer) : refused(wordsIn(answer));
  } catch {
    return refused(unreachable);
  }
}

const wordsIn = (answer: unknown): string => {
  const words = (answer as { error?: { message?: unknown } } | null)?.error?.message;
  return typeof words === "string" ? words.slice(0, 200) : unreachable;
};

async function read<T>(answer: Promise<Parsed<unknown>>, reader: (body: unknown) => Parsed<T>): Promise<Parsed<T>> {
  const told = await answer;
  return told.ok ? reader(told.value) : told;
}

const done = (answer: Promise<Parsed<unknown>>): Promise<Parsed<undefined>> => read(answer, () => parsed(undefined));

/** The ways in that the server offers. */
export const waysIn = (): Promise<Parsed<WaysIn>> => read(ask("/api/access", "GET"), readWaysIn);
/** Whom a link is for; it is not used up by that. */
export const look = (token: string) => read(ask("/api/join/look", "POST", { token }), readGuest);
/** Signs in with a link, which is used up. */
export const join = (token: string) => done(ask("/api/join", "POST", { token }));
export const signOut = () => done(ask("/api/sign-out", "POST"));
export const devices = (): Promise<Parsed<Devices>> => read(ask("/api/devices", "GET"), readDevices);
export const makeLink = (): Promise<Parsed<DeviceLink>> => read(ask("/api/devices/link", "POST"), readLink);
/** Ends a session, or takes a passkey back. */
export const revoke = (id: string) => done(ask(`/api/devices/${encodeURIComponent(id)}/revoke`, "POST"));

/** Has the browser ask for a passkey, and signs in with it. */
export async function signInWithPasskey(): Promise<Parsed<undefined>> {
  const options = await ask("/api/sign-in/options", "POST");
  if (!options.ok) return options;
  const optionsJSON = options.value as PublicKeyCredentialRequestOptionsJSON;
  const answer = await startAuthentication({ optionsJSON }).catch(problemOf);
  return answer instanceof PasskeyProblem ? refused(answer.words) : done(ask("/api/sign-in", "POST", answer));
}

/** Has the browser make a passkey, and gives it to the server. */
export async function makePasskey(): Promise<Parsed<undefined>> {
  const options = await ask("/api/passkeys/options", "POST");
  if (!options.ok) return options;
  const optionsJSON = options.value as PublicKeyCredentialCreationOptionsJSON;
  const made = await startRegistration({ optionsJSON }).catch(problemOf);
  return made instanceof PasskeyProblem ? refused(made.words) : done(ask("/api/passkeys", "POST", made));
}

class PasskeyProblem {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/** Why the browser gave no passkey, by the names that WebAuthn level 3 gives to its errors. */
const problems = new Map<string, string>(
  Object.entries({
    NotAllowedError: "That was cancelled, or took too long. Try again.",
    InvalidStateError: "This device already has a passkey for this phone.",
    NotSupportedError: "This device cannot store a passkey.",
    SecurityError: "Passkeys cannot be used at this address.",
  }),
);

const problemOf = (thrown: unknown): PasskeyProblem => {
  const name = thrown instanceof Error ? thrown.name : "";
  return new PasskeyProblem(problems.get(name) ?? "This browser could not use a passkey. Try again.");
};
