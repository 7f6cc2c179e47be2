/** Decodes well-formed UTF-8 (our own files); `shared` has no TextDecoder. A bad byte becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  const parts: string[] = []
  let chunk: number[] = []
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at++] ?? 0
    const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
    let code = more === 0 ? first : first & (0x3f >> more)
    for (let k = 0; k < more; k++) code = (code << 6) | ((bytes[at++] ?? 0) & 0x3f)
    chunk.push(code <= 0x10ffff ? code : 0xfffd)
    if (chunk.length === 4096) {
      parts.push(String.fromCodePoint(...chunk))
      chunk = []
    }
  }
  return parts.join('') + String.fromCodePoint(...chunk)
}
