import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Bench, startBench, tools } from "../../../tests/support/transcoder/bench.ts";
import { encodePlanned, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf, planFile } from "../../../tests/support/transcoder/plan-file.ts";
import { referringVideos, scripts } from "../../../tests/support/transcoder/references.ts";
import { setTrap, type Trap } from "../../../tests/support/transcoder/trap.ts";

let bench: Bench;
let trap: Trap;
/** Files that all refer to the trap. */
let hostile: Record<string, string | Buffer>;
beforeAll(async () => {
  bench = await startBench();
  trap = await setTrap(bench.folder);
  hostile = { ...scripts(trap), ...(await referringVideos(bench.folder, trap)) };
}, 60_000);
afterAll(async () => {
  await trap[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});
beforeEach(() => {
  trap.touched.length = 0;
});

function plan(bytes: Buffer | string) {
  const limits = { ...SETTINGS.limits, maxTaskSeconds: 60 };
  return planFile(bench, Buffer.from(bytes as string, "latin1"), { ...SETTINGS, limits });
}

describe("a file that is not a video", () => {
  it.each<[string, string | Buffer]>([
    ["an empty file", ""],
    ["text", "Not a video.\n".repeat(500)],
    ["zero bytes", Buffer.alloc(100_000)],
    ["a ZIP", Buffer.concat([Buffer.from("PK\x03\x04\x14\x00"), Buffer.alloc(5000, 7)])],
    [
      "a PNG",
      Buffer.from(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "base64",
      ),
    ],
  ])("%s is rejected", async (_, bytes) => {
    const planned = await plan(bytes);
    expect(planned.outcome).toMatchObject({ type: "failed", permanent: true });
    expect(codeOf(planned)).toBe("not_a_video");
  });
});

describe("a file that refers to other files", () => {
  it.each(Object.keys(scripts({ url: "http://127.0.0.1:1", file: "" })))(
    "%s is rejected without opening other files",
    async (name) => {
      const planned = await plan(hostile[name] ?? "");
      expect(planned.outcome).toMatchObject({ type: "failed", permanent: true });
      expect(["not_a_video", "damaged_file"]).toContain(codeOf(planned));
      expect(trap.touched).toEqual([]);
    },
  );

  it.each([
    ["a MOV whose media is a local file", "damaged_file"],
    ["a MOV whose media is elsewhere", "damaged_file"],
    ["a MOV whose media has a URL", "done"],
    ["a reference movie", "done"],
    ["a reference movie of a local file", "done"],
    ["a Matroska file that continues in another file", "done"],
  ])("%s ends as expected in all of its tasks without opening other files", async (name, code) => {
    const outcome = await encodePlanned(
      bench.runner,
      bench.storage,
      await plan(hostile[name] ?? ""),
    );
    expect(outcome.type === "failed" ? outcome.code : "done").toBe(code);
    expect(trap.touched).toEqual([]);
  });

  // Proves that the trap works; without it the tests above would prove nothing.
  it.each([
    ["a playlist", []],
    ["a playlist of local files", []],
    ["a multivariant playlist", []],
    ["a concat script", ["-safe", "0"]],
    ["a MOV whose media is a local file", ["-enable_drefs", "1", "-use_absolute_path", "1"]],
  ])("without our options, ffmpeg would open the other files of %s", async (name, options) => {
    const file = join(bench.folder, "unguarded.m3u8");
    await writeFile(file, hostile[name] ?? "");
    const open = ["-protocol_whitelist", "file,crypto,http,tcp", ...options];
    const args = [...open, "-i", file, "-f", "null", "-"];
    await promisify(execFile)(tools.ffmpeg, args).catch(() => undefined);
    expect(trap.touched).not.toEqual([]);
  });
});
