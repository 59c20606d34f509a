import { expect, test } from "vitest";
import { fingerprintOf } from "./file-identity.ts";

const bytes = (change?: [at: number, value: number]) => {
  const content = new Uint8Array(300_000).fill(7);
  if (change) content[change[0]] = change[1];
  return content;
};
const fileOf = (content: BlobPart, name = "harbour.mp4", lastModified = 1) =>
  new File([content], name, { lastModified });

test("the same file has the same fingerprint on every device", async () => {
  const one = await fingerprintOf(fileOf(bytes(), "Gr\u00f6\u00dfe.mp4", 1));
  expect(await fingerprintOf(fileOf(bytes(), "Gro\u0308\u00dfe.mp4", 2))).toBe(one);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
});

test.each([
  ["another name", fileOf(bytes(), "other.mp4")],
  ["another size", fileOf(bytes().subarray(1))],
  ["another start", fileOf(bytes([0, 1]))],
  ["another middle", fileOf(bytes([150_000, 1]))],
  ["another end", fileOf(bytes([299_999, 1]))],
])("a file with %s has a different fingerprint", async (_name, other) => {
  expect(await fingerprintOf(other)).not.toBe(await fingerprintOf(fileOf(bytes())));
});
