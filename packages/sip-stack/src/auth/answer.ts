import { type Parsed, parsed, unparsed } from "../kernel/parsed.ts";
import { newToken, type RandomBytes } from "../kernel/random.ts";
import { parseCSeq } from "../message/cseq.ts";
import type { Headers } from "../message/headers.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { type AuthRole, authHeaders, type Challenge, strongestChallenge } from "./challenge.ts";
import { digestResponse, secretHash, systemHash } from "./digest.ts";
import { formatDigestFields, readDigestFields } from "./fields.ts";

/** What we say who we are with. */
export type Credentials = { readonly username: string; readonly password: string };

/** A challenge that was answered, and how often. A value: sign the next request with the newest. */
export type DigestSession = {
  readonly role: AuthRole;
  readonly challenge: Challenge;
  readonly credentials: Credentials;
  /** How many requests were signed with this nonce, RFC 7616 section 3.4: the nonce count. */
  readonly count: number;
};

/** A request with its answer, and the session that signs the next. */
export type Signed = { readonly request: SipRequest; readonly session: DigestSession };

/**
 * The request once more with the answer to the strongest challenge that we know in a 401 or 407, RFC 3261 section 22:
 * the same Call-ID and From, the next CSeq, an answer of before for the same realm replaced, no Via.
 * Fails when there is nothing to answer, or when the request was an answer already and only the credentials can be
 * wrong. A peer may call every nonce stale: whoever repeats bounds the number of times.
 */
export function answerChallenge(
  response: SipResponse,
  request: SipRequest,
  credentials: Credentials,
  random: RandomBytes,
): Parsed<Signed> {
  const role = response.status === 401 ? "user" : response.status === 407 ? "proxy" : undefined;
  if (role === undefined) return unparsed(0, "response is not a challenge");
  const challenge = strongestChallenge(response, role);
  if (challenge === undefined) return unparsed(0, "no challenge that can be answered");
  if (!challenge.stale && wasAnswered(request, role, challenge)) return unparsed(0, "credentials were refused");
  const again = nextAttempt(request);
  if (again === undefined) return unparsed(0, "CSeq cannot be counted on");
  return parsed(signRequest(again, { role, challenge, credentials, count: 0 }, random));
}

/**
 * Signs a later request before anybody asks, RFC 7616 section 3.6: the same nonce, the next nonce count. CSeq is the
 * caller's.
 */
export function signRequest(request: SipRequest, session: DigestSession, random: RandomBytes): Signed {
  const next: DigestSession = { ...session, count: session.count + 1 };
  return { request: { ...request, headers: withAnswer(request, next, random) }, session: next };
}

/** The answer of before for the same realm is replaced, those for others stay, RFC 3261 section 22.3. */
function withAnswer(request: SipRequest, session: DigestSession, random: RandomBytes): Headers {
  const name = authHeaders[session.role].answer;
  const isOther = (value: string): boolean => fieldsOf(value)?.get("realm") !== session.challenge.realm;
  const others = request.headers.written(name).filter(isOther);
  const first = request.headers.with(name, answerOf(request, session, random));
  return others.reduce((kept, value) => kept.plus(name, value), first);
}

function fieldsOf(answer: string): ReadonlyMap<string, string> | undefined {
  const fields = readDigestFields(answer);
  return fields.ok ? fields.value : undefined;
}

function answerOf({ method, uri }: SipRequest, { challenge, credentials, count }: DigestSession, random: RandomBytes) {
  const { realm, nonce, algorithm, opaque, hasQop } = challenge;
  const { username, password } = credentials;
  const use = hasQop ? { nc: count.toString(16).padStart(8, "0"), cnonce: newToken(random) } : undefined;
  const ha1 = secretHash(systemHash, algorithm, [username, realm, password]);
  const response = digestResponse(systemHash, ha1, { algorithm, nonce, method, uri, ...(use && { use }) });
  const named = challenge.named ? algorithm : undefined;
  const fields = { username, realm, nonce, uri, response, algorithm: named, opaque };
  return formatDigestFields({ ...fields, ...(use && { qop: "auth", ...use }) }, "answer");
}

/** Whether the request was the first with its nonce in this realm; a later one may have met a server that does not say stale. */
function wasAnswered(request: SipRequest, role: AuthRole, { realm }: Challenge): boolean {
  const answers = request.headers.written(authHeaders[role].answer).map(fieldsOf);
  const fields = answers.find((each) => each?.get("realm") === realm);
  return fields !== undefined && Number.parseInt(fields.get("nc") ?? "1", 16) === 1;
}

function nextAttempt(request: SipRequest): SipRequest | undefined {
  const cseq = parseCSeq(request.headers.get("CSeq") ?? "");
  if (!cseq.ok || cseq.value.number + 1 >= 2 ** 31) return undefined;
  const headers = request.headers.without("Via").with("CSeq", `${cseq.value.number + 1} ${request.method}`);
  return { ...request, headers };
}
