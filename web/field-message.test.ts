import { describe, expect, test } from "vitest";
import type { ZodType } from "zod";
import { AppCreate, TokenCreate } from "../workers/contract/accounts.ts";
import { Language } from "../workers/contract/common.ts";
import { RulingCreate } from "../workers/contract/moderation.ts";
import { EditedSettings } from "../workers/contract/site-settings.ts";
import { SigningKeyCreate } from "../workers/contract/signing-keys.ts";
import { VideoPatch } from "../workers/contract/videos.ts";
import { fieldMessage } from "./field-message.ts";
import { messages } from "./messages/en/forms.ts";

const app = { name: "App", scopes: ["videos:read"], confidential: true };
const OTHER = { slug: "other", name: "Other", offered: true };
const ed25519 = { kty: "OKP", crv: "Ed25519", x: "A".repeat(43) };

/** Inputs that are often mistyped in a form, by schema. */
const MISTAKES: [string, ZodType, unknown][] = [
  ["a redirect URI", AppCreate, { ...app, redirectUris: ["http://example.com/cb"] }],
  ["a redirect URI", AppCreate, { ...app, redirectUris: ["nonsense"] }],
  ["a redirect URI", AppCreate, { ...app, redirectUris: ["https://a.example/#x"] }],
  ["no redirect URI", AppCreate, app],
  [
    "too many redirect URIs",
    AppCreate,
    { ...app, redirectUris: Array(11).fill("https://a.example/") },
  ],
  ["an app's name", AppCreate, { ...app, name: " " }],
  ["no scope", TokenCreate, { name: "t", scopes: [] }],
  ["a lifetime", TokenCreate, { name: "t", scopes: ["videos:read"], expiresInDays: 1000 }],
  ["a key of another kind", SigningKeyCreate, { name: "k", jwk: { kty: "EC" } }],
  ["a key of another curve", SigningKeyCreate, { name: "k", jwk: { ...ed25519, crv: "X25519" } }],
  ["a key that is cut off", SigningKeyCreate, { name: "k", jwk: { ...ed25519, x: "A" } }],
  ["a private key", SigningKeyCreate, { name: "k", jwk: { ...ed25519, d: "secret" } }],
  ["a short RSA key", SigningKeyCreate, { name: "k", jwk: { kty: "RSA", n: "AAAA", e: "AQAB" } }],
  ["no key", SigningKeyCreate, { name: "k", jwk: null }],
  ["a key that is a text", SigningKeyCreate, { name: "k", jwk: "key" }],
  ["countries", VideoPatch, { playbackRules: { countries: { deny: ["Germany"] } } }],
  ["sites", VideoPatch, { playbackRules: { origins: ["example.com/page"] } }],
  ["a title", VideoPatch, { title: "" }],
  ["a long title", VideoPatch, { title: "x".repeat(300) }],
  ["a long description", VideoPatch, { description: "x".repeat(6000) }],
  ["many tags", VideoPatch, { tags: Array(31).fill("x") }],
  ["a category", VideoPatch, { category: "Film & TV" }],
  ["a language", Language, "english please"],
  ["languages of the site", EditedSettings, { languages: "en, 12" }],
  ["two categories of one name", EditedSettings, { categories: [OTHER, { ...OTHER, slug: "b" }] }],
  ["a restriction of nothing", RulingCreate, { action: "restrict", reason: "spam" }],
];

const SENTENCES = Object.values<string>(messages);

describe("every mistake in a form is explained in a plain sentence", () => {
  test.each(MISTAKES)("%s", (_what, schema, input) => {
    const messages = schema.safeParse(input).error?.issues.map(({ message }) => message) ?? [];
    expect(messages).not.toEqual([]);
    for (const message of messages.map(fieldMessage)) {
      expect(message).toMatch(/^[A-Z].+[^.]\.$/);
      // In every language the message is from the catalogue or contains a number.
      if (!/\d/.test(message)) expect(SENTENCES).toContain(message);
      expect(message).not.toMatch(/expected|invalid|received|union|regex|pattern|>=|<=|option/i);
    }
  });
});

test.each([
  ["must have 1 to 80 characters", "Must have 1 to 80 characters."],
  ["Too big: expected string to have <=1 characters", "Use at most 1 character."],
  ["Too small: expected array to have >=1 items", "Choose at least one."],
  ["Too small: expected number to be >=0", "Use 0 or more."],
  ["Invalid ISO datetime", "This is not valid."],
  ["After the end.", "After the end."],
])("%s is shown as %s", (message, shown) => expect(fieldMessage(message)).toBe(shown));
