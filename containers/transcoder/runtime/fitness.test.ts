import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { freeBytes, isDiskError, unfitness } from "./fitness.ts";

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinora-fitness-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test("a host with free disk space is fit", async () => {
  const folder = await temporaryFolder();
  expect(await freeBytes(folder)).toBeGreaterThan(0);
  expect(await unfitness(folder, async () => 1024 ** 3)).toBeNull();
});

test("a host with a full disk reports the space left, and one without its scratch folder reports the error", async () => {
  const folder = await temporaryFolder();
  expect(await unfitness(folder, async () => 5 * 1024 ** 2)).toBe(
    "The disk of the scratch folder has 5 MiB left.",
  );
  expect(await unfitness(join(folder, "gone"))).toMatch(
    /^The scratch folder cannot be used: ENOENT/,
  );
});

test("a disk error is recognised by its code, even as the cause of another error", () => {
  const full = Object.assign(new Error("write"), { code: "ENOSPC" });
  expect(isDiskError(new Error("encoder", { cause: full }))).toBe(true);
  expect(isDiskError(Object.assign(new Error("open"), { code: "ENOENT" }))).toBe(false);
});
