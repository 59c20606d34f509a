import { expect, test } from "vitest";
import { drmConfig } from "./drm-config.ts";

test("without licence servers the player does not turn on Encrypted Media Extensions", () => {
  expect(drmConfig({})).toEqual({});
});

test("each key system gets the URL of its licence server", () => {
  const licenseUrl = "https://license.example/widevine";
  expect(drmConfig({ "com.widevine.alpha": licenseUrl })).toEqual({
    emeEnabled: true,
    drmSystems: { "com.widevine.alpha": { licenseUrl } },
  });
});
