import { expect, it } from "vitest";
import { encodeFailure } from "./task-run.ts";

it.each([
  ["Output file #0 does not contain any stream", "damaged_file"],
  ["Cannot determine format of input stream 0:0 after EOF", "damaged_file"],
  ["av_interleaved_write_frame(): No space left on device", "runner_disk_full"],
  ["Unknown input format: 'webp_anim'", "unsupported_format"],
  ["Error while opening encoder", "encoder_failed"],
])("ffmpeg's message '%s' means %s", (stderr, code) => {
  expect(encodeFailure({ exitCode: 1, stderr }).code).toBe(code);
});
