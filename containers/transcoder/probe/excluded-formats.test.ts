import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { tools } from "../../../tests/support/transcoder/bench.ts";
import { demuxerOf } from "./accepted-formats.ts";
import { EXCLUDED, EXCLUDED_DEMUXERS } from "./excluded-formats.ts";

/** The builds that `npm run test:ffmpeg` runs: another one may read formats that nobody has considered yet. */
const KNOWN_BUILD = /^ffmpeg version (N-\d+-|5\.1\.|7\.1\.)/;

it("every demuxer of a known ffmpeg is accepted, or left out for a reason", async ({ skip }) => {
  const ask = promisify(execFile);
  const { stdout: version } = await ask(tools.ffmpeg, ["-version"]);
  if (!KNOWN_BUILD.test(version)) skip(`not a known build: ${version.split("\n")[0]}`);
  const { stdout } = await ask(tools.ffmpeg, ["-hide_banner", "-demuxers"]);
  // Newer versions have a third letter, for devices.
  const names = [...stdout.matchAll(/^ D[ E][ d]? *([^, ]+)/gm)].map(([, name]) => name!);
  expect(names).toContain("mov");
  const unknown = names.filter(
    (name) =>
      demuxerOf(name) === undefined &&
      !Object.hasOwn(EXCLUDED, name) &&
      !EXCLUDED_DEMUXERS.has(name),
  );
  expect(unknown).toEqual([]);
});
