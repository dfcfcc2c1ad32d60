import { deflateSync, inflateSync } from 'fflate';

/** A value as compressed JSON. */
export function packJson(value: unknown): Uint8Array {
  return deflateSync(toUtf8(JSON.stringify(value)));
}

/** The value of `packJson`. Throws on other bytes. */
export function unpackJson(bytes: Uint8Array): unknown {
  return JSON.parse(fromUtf8(inflateSync(bytes)));
}

/** Figma's sandbox has no TextEncoder. */
function toUtf8(text: string): Uint8Array {
  // three bytes for each unit at most: a surrogate pair has four
  const bytes = new Uint8Array(text.length * 3);
  let size = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    if (code < 0x80) {
      bytes[size++] = code;
      continue;
    }
    const following = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    bytes[size++] = (LEAD[following] ?? 0) | (code >> (6 * following));
    for (let n = following - 1; n >= 0; n -= 1) bytes[size++] = 0x80 | ((code >> (6 * n)) & 0x3f);
  }
  return bytes.subarray(0, size);
}

/** First byte of a character, by the number of bytes that follow. */
const LEAD = [0, 0xc0, 0xe0, 0xf0];
/** Letters are joined in parts, since a call takes a limited number of arguments. */
const PART = 4096;

function fromUtf8(bytes: Uint8Array): string {
  const parts: string[] = [];
  let codes: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at++] ?? 0;
    const following = lead < 0x80 ? 0 : lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    let code = following === 0 ? lead : lead & (0x3f >> following);
    for (let n = 0; n < following; n += 1) code = (code << 6) | ((bytes[at++] ?? 0) & 0x3f);
    codes.push(code);
    if (codes.length < PART) continue;
    parts.push(String.fromCodePoint(...codes));
    codes = [];
  }
  return parts.join('') + String.fromCodePoint(...codes);
}
