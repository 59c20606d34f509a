import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Bench, startBench, tools } from "../../../tests/support/transcoder/bench.ts";
import { encodePlanned, SETTINGS } from "../../../tests/support/transcoder/pipeline.ts";
import { codeOf, planFile } from "../../../tests/support/transcoder/plan-file.ts";
import { referringFilms, scripts } from "../../../tests/support/transcoder/references.ts";
import { setTrap, type Trap } from "../../../tests/support/transcoder/trap.ts";

let bench: Bench;
let trap: Trap;
/** What names other files, all of them the trap. */
let hostile: Record<string, string | Buffer>;
beforeAll(async () => {
  bench = await startBench();
  trap = await setTrap(bench.folder);
  hostile = { ...scripts(trap), ...(await referringFilms(bench.folder, trap)) };
}, 60_000);
afterAll(async () => {
  await trap[Symbol.asyncDispose]();
  await bench[Symbol.asyncDispose]();
});
beforeEach(() => {
  trap.touched.length = 0;
});

const plan = (bytes: Buffer | string) => {
  const limits = { ...SETTINGS.limits, maxTaskSeconds: 60 };
  return planFile(bench, Buffer.from(bytes as string, "latin1"), { ...SETTINGS, limits });
};

describe("what is no video", () => {
  it.each<[string, string | Buffer]>([
    ["nothing", ""],
    ["text", "Not a film.\n".repeat(500)],
    ["zero bytes", Buffer.alloc(100_000)],
    ["a ZIP", Buffer.concat([Buffer.from("PK\x03\x04\x14\x00"), Buffer.alloc(5000, 7)])],
    [
      "a PNG",
      Buffer.from(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
        "base64",
      ),
    ],
  ])("%s fails with a code", async (_, bytes) => {
    const planned = await plan(bytes);
    expect(planned.outcome).toMatchObject({ type: "failed", permanent: true });
    expect(codeOf(planned)).toBe("not_a_video");
  });
});

describe("what names other files", () => {
  it.each(Object.keys(scripts({ url: "http://127.0.0.1:1", file: "" })))(
    "%s fails with a code, and touches nothing",
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
    ["a MOV whose media has an address", "done"],
    ["a reference movie", "done"],
    ["a reference movie of a local file", "done"],
    ["a Matroska file that is continued in another", "done"],
  ])("%s ends as it should in all its tasks, and touches nothing", async (name, code) => {
    const film = await encodePlanned(bench.url, bench.storage, await plan(hostile[name] ?? ""));
    expect(film.type === "failed" ? film.code : "done").toBe(code);
    expect(trap.touched).toEqual([]);
  });

  // Or the tests above would show nothing.
  it.each([
    ["a playlist", []],
    ["a playlist of local files", []],
    ["a master playlist", []],
    ["a concat script", ["-safe", "0"]],
    ["a MOV whose media is a local file", ["-enable_drefs", "1", "-use_absolute_path", "1"]],
  ])("%s leads an unguarded ffmpeg into the trap", async (name, options) => {
    const file = join(bench.folder, "unguarded.m3u8");
    await writeFile(file, hostile[name] ?? "");
    const open = ["-protocol_whitelist", "file,crypto,http,tcp", ...options];
    const args = [...open, "-i", file, "-f", "null", "-"];
    await promisify(execFile)(tools.ffmpeg, args).catch(() => undefined);
    expect(trap.touched).not.toEqual([]);
  });
});
