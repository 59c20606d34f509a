import { describe, expect, test } from "vitest";
import { planSettings } from "./plan-settings.ts";

const env = {
  MAX_RUNNERS: "4",
  SLOTS_PER_RUNNER: "2",
  SECOND_CODEC: "none",
  NORMALIZE_LOUDNESS: "true",
  AUDIO_UPLOADS: "true",
  PASSTHROUGH: "true",
};

describe("a deployment configures for every video", () => {
  test("how many tasks may run at once, at least one", () => {
    expect(planSettings(env).parallelism).toBe(8);
    expect(planSettings({ ...env, MAX_RUNNERS: "0" }).parallelism).toBe(1);
  });

  test.each(["none", "av1", "vp9"])("the second codec %s", (codec) => {
    expect(planSettings({ ...env, SECOND_CODEC: codec }).secondCodec).toBe(codec);
  });

  test("an unknown codec is an error, and does not silently mean none", () => {
    expect(() => planSettings({ ...env, SECOND_CODEC: "hevc" })).toThrow("Invalid option");
  });

  test("whether loudness is normalised", () => {
    expect(planSettings(env).loudness).toBe(true);
    expect(planSettings({ ...env, NORMALIZE_LOUDNESS: "false" }).loudness).toBe(false);
  });

  test("whether web-ready sources are published as they are", () => {
    expect(planSettings(env).passthrough).toBe(true);
    expect(planSettings({ ...env, PASSTHROUGH: "false" }).passthrough).toBe(false);
  });
});
