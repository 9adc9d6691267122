/** One step of how a peer answers a call: a status, whether its audio is described, and in which fork. */
export type Step = { readonly status: string; readonly isDescribed: boolean; readonly fork: "own" | "other" };

const step = (status: string, isDescribed = false, fork: Step["fork"] = "own"): Step => ({ status, isDescribed, fork });

/** How a peer takes a call of ours. The audio is where the last description of its own fork says. */
export const answers: readonly (readonly Step[])[] = [
  [step("200 OK", true)],
  [step("100 Trying"), step("180 Ringing"), step("200 OK", true)],
  [step("100 Trying"), step("183 Session Progress", true), step("200 OK", true)],
  [step("183 Session Progress", true), step("200 OK")],
  [step("183 Session Progress", true), step("180 Ringing"), step("183 Session Progress", true), step("200 OK", true)],
  [step("180 Ringing", true), step("200 OK", true)],
  [step("183 Session Progress"), step("181 Call Is Being Forwarded"), step("182 Queued"), step("200 OK", true)],
  [step("199 Early Dialog Terminated"), step("180 "), step("200 ", true)],
  [step("180 Ça sonne"), step("202 Accepted", true)],
  // Forks, RFC 3261 section 13.2.2.4: one rings, another one answers, or both do.
  [step("180 Ringing", false, "other"), step("180 Ringing"), step("200 OK", true)],
  [step("183 Session Progress", true, "other"), step("200 OK", true)],
  [
    step("183 Session Progress", true, "other"),
    step("183 Session Progress", true),
    step("199 Early Dialog Terminated", false, "other"),
    step("200 OK"),
  ],
  [step("183 Session Progress", true), step("183 Session Progress", true, "other"), step("200 OK", true)],
  [step("180 Ringing"), step("200 OK", true), step("200 OK", true, "other")],
];

/** How a peer refuses a call of ours. */
export const refusals: readonly string[] = [
  "400 Bad Request",
  "401 Unauthorized",
  "403 Forbidden",
  "404 Not Found",
  "407 Proxy Authentication Required",
  "408 Request Timeout",
  "410 Gone",
  "415 Unsupported Media Type",
  "420 Bad Extension",
  "422 Session Interval Too Small",
  "433 Anonymity Disallowed",
  "480 Temporarily Unavailable",
  "481 Call/Transaction Does Not Exist",
  "484 Address Incomplete",
  "486 Busy Here",
  "487 Request Terminated",
  "488 Not Acceptable Here",
  "491 Request Pending",
  "493 Undecipherable",
  "499 Odd",
  "500 ",
  "503 Service Unavailable",
  "504 Server Time-out",
  "513 Message Too Large",
  "580 Precondition Failure",
  "600 Busy Everywhere",
  "603 Decline",
  "608 Rejected",
  "699 Odd",
  "300 Multiple Choices",
  "302 Moved Temporarily",
  "380 Alternative Service",
];

/** What stands beside a refusal. */
export const besideRefusals: readonly (readonly [name: string, value: string])[] = [
  ["Retry-After", "120 (in a meeting);duration=3600"],
  ["Retry-After", "0"],
  ["Warning", '399 gw.example "busy, really", 370 gw "x"'],
  ["Reason", 'Q.850;cause=17;text="user, busy"'],
  ["Error-Info", "<http://127.0.0.1/busy.wav>"],
  ["Min-SE", "90"],
  ["Min-SE", "3600"],
  ["Unsupported", "x-odd"],
  ["Contact", "<sip:+12025550177@carrier.example>;q=0.7, <tel:+1-202>"],
  ["Call-Info", "<http://127.0.0.1/>;purpose=jwscard"],
  ["WWW-Authenticate", 'Digest realm="x", nonce="n"'],
  ["Proxy-Authenticate", 'Digest realm="x", nonce="n", qop="auth,auth-int", algorithm=SHA-512'],
];
