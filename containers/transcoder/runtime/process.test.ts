import { expect, it } from "vitest";
import { runProcess } from "./process.ts";

function run(script: string) {
  return runProcess("/bin/sh", ["-c", script], {
    signal: new AbortController().signal,
    maxMemoryBytes: 1 << 30,
  });
}

it("a process killed by the system does not count as a damaged source", async () => {
  await expect(run("echo Invalid data found >&2; kill -KILL $$")).rejects.toMatchObject({
    code: "encoder_failed",
  });
});

it("a process that fails or crashes by itself returns its exit code and its standard error", async () => {
  expect(await run("echo broken >&2; exit 3")).toEqual({ exitCode: 3, stderr: "broken\n" });
  expect(await run("kill -SEGV $$")).toMatchObject({ exitCode: null });
});
