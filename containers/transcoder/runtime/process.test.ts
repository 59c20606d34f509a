import { expect, it } from "vitest";
import { runProcess } from "./process.ts";

const run = (script: string) =>
  runProcess("/bin/sh", ["-c", script], {
    signal: new AbortController().signal,
    memoryLimit: 1 << 30,
  });

it("a process that the kernel kills, short of memory, says nothing about its source", async () => {
  await expect(run("echo Invalid data found >&2; kill -KILL $$")).rejects.toMatchObject({
    code: "encoder_failed",
  });
});

it("one that ends or crashes by itself leaves the judgement to its caller", async () => {
  expect(await run("echo broken >&2; exit 3")).toEqual({ exitCode: 3, stderr: "broken\n" });
  expect(await run("kill -SEGV $$")).toMatchObject({ exitCode: null });
});
