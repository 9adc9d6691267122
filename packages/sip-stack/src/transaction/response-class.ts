/** What a response is to an INVITE's transactions, whose tables tell a success from a failure (RFC 3261 section 17). */
export function responseClass(status: number): "provisional" | "success" | "failure" {
  if (status < 200) return "provisional";
  return status < 300 ? "success" : "failure";
}
