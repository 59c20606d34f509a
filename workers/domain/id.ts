const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new unguessable id: 22 characters of [0-9A-Za-z], 131 bits from the platform's CSPRNG. */
export function newId(): string {
  let id = "";
  while (id.length < 22) {
    // Bytes from the largest multiple of 62 on are dropped, so that every character is equally likely.
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      if (byte < 248 && id.length < 22) id += ALPHABET[byte % 62];
    }
  }
  return id;
}
