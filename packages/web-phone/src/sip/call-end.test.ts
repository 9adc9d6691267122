import { expect, test } from "vitest";
import { callEndOf } from "./call-end.ts";

const message = (fields: { method?: string; status_code?: number }, reason?: string) => ({
  ...fields,
  getHeaders: (name: string) => (name === "Reason" && reason !== undefined ? [reason] : []),
});
const remote = (fields: { method?: string; status_code?: number }, reason?: string) => ({
  originator: "remote",
  cause: "x",
  message: message(fields, reason),
});

test.each([
  [remote({ status_code: 486 }, 'SIP;cause=486;text="Busy."'), { kind: "refused", status: 486, words: "Busy." }],
  [remote({ status_code: 404 }), { kind: "refused", status: 404, words: undefined }],
  [remote({ status_code: 200 }), { kind: "internal" }],
  [remote({ method: "BYE" }), { kind: "hungUp", words: undefined }],
  [remote({ method: "CANCEL" }), { kind: "withdrawn", words: undefined }],
  [remote({ method: "CANCEL" }, 'SIP;cause=200;text="Call completed elsewhere"'), { kind: "elsewhere" }],
  [remote({ method: "CANCEL" }, 'SIP;cause=487;text="Gone."'), { kind: "withdrawn", words: "Gone." }],
  [{ originator: "system", cause: "Connection Error", message: null }, { kind: "connection" }],
  [{ originator: "system", cause: "Request Timeout", message: null }, { kind: "connection" }],
  [{ originator: "local", cause: "RTP Timeout", message: null }, { kind: "noPath" }],
  [{ originator: "local", cause: "Canceled", message: null }, { kind: "noPath" }],
  [{ originator: "local", cause: "No Answer", message: null }, { kind: "missed" }],
  [{ originator: "local", cause: "WebRTC Error", message: null }, { kind: "internal" }],
])("end %#", (end, expected) => {
  expect(callEndOf(end)).toEqual(expected);
});
