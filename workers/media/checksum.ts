/** SHA-256 in hex, as backups and R2 have it. */
export async function sha256Hex(bytes: BufferSource): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes of a text that are stored with their checksum. */
export async function checkedBytes(text: string): Promise<{ bytes: Uint8Array; sha256: string }> {
  const bytes = Uint8Array.from(new TextEncoder().encode(text));
  return { bytes, sha256: await sha256Hex(bytes) };
}
