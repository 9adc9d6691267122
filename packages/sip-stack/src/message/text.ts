import { isUtf8 } from "node:buffer";

// A byte that is not part of valid UTF-8 becomes this plus the byte: a lone surrogate, which valid text never has.
const strayByte = 0xdc00;

/** Bytes as text, without loss: valid UTF-8 is decoded, any other byte becomes a lone surrogate that {@link bytesOf} turns back. */
export function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(buffer) ? buffer.toString("utf8") : decodeStray(buffer);
}

/** Text as UTF-8; lone surrogates made by {@link textOf} become the bytes they stand for. */
export function bytesOf(text: string): Uint8Array {
  return text.isWellFormed() ? Buffer.from(text, "utf8") : encodeStray(text);
}

function decodeStray(buffer: Buffer): string {
  const parts: string[] = [];
  let at = 0;
  while (at < buffer.length) {
    const length = sequenceLength(buffer, at);
    parts.push(length === 0 ? String.fromCharCode(strayByte + buffer[at]!) : buffer.toString("utf8", at, at + length));
    at += length || 1;
  }
  return parts.join("");
}

function sequenceLength(buffer: Buffer, at: number): number {
  const lead = buffer[at]!;
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length <= buffer.length && isUtf8(buffer.subarray(at, at + length)) ? length : 0;
}

function encodeStray(text: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    parts.push(isStray(code) ? Uint8Array.of(code - strayByte) : Buffer.from(character, "utf8"));
  }
  return Buffer.concat(parts);
}

function isStray(code: number): boolean {
  return code >= strayByte + 0x80 && code <= strayByte + 0xff;
}
