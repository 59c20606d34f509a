/** The most that workerd allows. What people choose is short, so what protects it is the secret in the salt. */
const HASH_ITERATIONS = 100_000;

/** PBKDF2 in hex of something short that people choose, such as a PIN. @param salt contains a secret of the deployment */
export async function slowHash(salt: string, text: string): Promise<string> {
  const encode = (value: string) => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey("raw", encode(text), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: encode(salt), iterations: HASH_ITERATIONS },
    key,
    256,
  );
  return Array.from(new Uint8Array(bits), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
