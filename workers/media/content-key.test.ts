import { expect, test } from "vitest";
import {
  encryptedSize,
  encryptedStart,
  encryptedStartSize,
  encryptSegment,
  newContentKey,
  openContentKey,
} from "./content-key.ts";

const OLD = "an old secret of at least 32 characters";
const NEW = "a new secret of at least 32 characters";
const secrets = (list: string) => ({ CONTENT_KEY_SECRETS: list });

test("a new key has 128 random bits and is wrapped with A256GCM", async () => {
  const wrapped = await newContentKey(secrets(NEW));
  const key = await openContentKey(secrets(NEW), wrapped);
  expect(key.byteLength).toBe(16);
  expect(await openContentKey(secrets(NEW), await newContentKey(secrets(NEW)))).not.toEqual(key);
  expect(atob(wrapped.split(".")[0] ?? "")).toContain("A256GCM");
});

test("a key wrapped with an older secret can be unwrapped while that secret is in the list", async () => {
  const wrapped = await newContentKey(secrets(OLD));
  const key = await openContentKey(secrets(OLD), wrapped);
  expect(await openContentKey(secrets(`${NEW}, ${OLD}`), wrapped)).toEqual(key);
  await expect(openContentKey(secrets(NEW), wrapped)).rejects.toThrow("CONTENT_KEY_SECRETS");
});

test("a wrapped key that was altered, or names another algorithm, is refused", async () => {
  const [header, , iv, text, tag] = (await newContentKey(secrets(NEW))).split(".");
  const altered = text?.startsWith("A") ? `B${text.slice(1)}` : `A${text?.slice(1)}`;
  const other = btoa(JSON.stringify({ alg: "A256KW", enc: "A256GCM" })).replaceAll("=", "");
  const open = (...parts: (string | undefined)[]) => openContentKey(secrets(NEW), parts.join("."));
  await expect(open(header, "", iv, altered, tag)).rejects.toThrow("decryption operation failed");
  await expect(open(other, "", iv, text, tag)).rejects.toThrow("not allowed");
});

test.each([1, 15, 16, 17, 1000])(
  "a segment of %i bytes is decrypted with its number as the IV",
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

test.each([1, 15, 16, 17, 500, 999, 1000])(
  "the first %i bytes of an encrypted segment are decrypted like a segment of their own",
  async (bytes) => {
    const key = crypto.getRandomValues(new Uint8Array(16));
    const segment = crypto.getRandomValues(new Uint8Array(1000));
    const encrypted = new Uint8Array(await encryptSegment(key, 7, segment));
    // Only the beginning is read from storage.
    const start = await encryptedStart(key, encrypted.slice(0, encryptedStartSize(bytes)), bytes);
    if (start === null) throw new Error("no start");
    expect(start.length).toBe(encryptedStartSize(bytes));

    const iv = new Uint8Array(16);
    iv.set([7], 15);
    const imported = await crypto.subtle.importKey("raw", key, "AES-CBC", false, ["decrypt"]);
    const clear = new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-CBC", iv }, imported, start),
    );
    expect(clear.slice(0, bytes)).toEqual(segment.slice(0, bytes));
    expect(clear.length - bytes).toBeLessThan(16);
  },
);

test("a start of a segment that is empty or longer than the segment is not encrypted", async () => {
  const key = crypto.getRandomValues(new Uint8Array(16));
  const encrypted = new Uint8Array(await encryptSegment(key, 0, new Uint8Array(100)));
  expect(await encryptedStart(key, encrypted, 113)).toBeNull();
  expect(await encryptedStart(key, encrypted, 0)).toBeNull();
});
