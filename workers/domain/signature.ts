const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** HMAC-SHA256 in hex. @param purpose keeps what is signed for one thing from being used for another */
export async function signatureOf(secret: string, purpose: string, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encode(secret), algorithm, false, ["sign"]);
  const signature = await crypto.subtle.sign("HMAC", key, encode(`${purpose} ${text}`));
  return Array.from(new Uint8Array(signature), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}
