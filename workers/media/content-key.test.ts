import { expect, test } from "vitest";
import { encryptedSize, encryptSegment, newContentKey, openContentKey } from "./content-key.ts";

const OLD = "an old secret of at least 32 characters";
const NEW = "a new secret of at least 32 characters";
const secrets = (list: string) => ({ CONTENT_KEY_SECRETS: list });

test("a key is 128 bits, another one each time, and the wrapped one does not show it", async () => {
  const wrapped = await newContentKey(secrets(NEW));
  const key = await openContentKey(secrets(NEW), wrapped);
  expect(key.byteLength).toBe(16);
  expect(await openContentKey(secrets(NEW), await newContentKey(secrets(NEW)))).not.toEqual(key);
  expect(atob(wrapped.split(".")[0] ?? "")).toContain("A256GCM");
});

test("a key that an older secret wrapped opens as long as that secret is in the list", async () => {
  const wrapped = await newContentKey(secrets(OLD));
  const key = await openContentKey(secrets(OLD), wrapped);
  expect(await openContentKey(secrets(`${NEW}, ${OLD}`), wrapped)).toEqual(key);
  await expect(openContentKey(secrets(NEW), wrapped)).rejects.toThrow("CONTENT_KEY_SECRETS");
});

test("an altered wrapping, or one that names another algorithm, opens nothing", async () => {
  const [header, , iv, text, tag] = (await newContentKey(secrets(NEW))).split(".");
  const altered = text?.startsWith("A") ? `B${text.slice(1)}` : `A${text?.slice(1)}`;
  const other = btoa(JSON.stringify({ alg: "A256KW", enc: "A256GCM" })).replaceAll("=", "");
  const open = (...parts: (string | undefined)[]) => openContentKey(secrets(NEW), parts.join("."));
  await expect(open(header, "", iv, altered, tag)).rejects.toThrow("decryption operation failed");
  await expect(open(other, "", iv, text, tag)).rejects.toThrow("not allowed");
});

test.each([1, 15, 16, 17, 1000])(
  "%i bytes come back under the IV of their number",
  async (length) => {
    const key = crypto.getRandomValues(new Uint8Array(16));
    const segment = crypto.getRandomValues(new Uint8Array(length));
    const encrypted = await encryptSegment(key, 258, segment);
    expect(encrypted.byteLength).toBe(encryptedSize(length));

    const iv = new Uint8Array(16);
    iv.set([1, 2], 14);
    const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
    const clear = await crypto.subtle.decrypt({ name: "AES-CBC", iv }, imported, encrypted);
    expect(new Uint8Array(clear)).toEqual(segment);
  },
);
