import { expect, test } from "vitest";
import { drmConfig } from "./drm-config.ts";

test("without licence servers the player leaves encrypted media extensions alone", () => {
  expect(drmConfig({})).toEqual({});
});

test("a licence server is asked for the key system that it serves", () => {
  const licenseUrl = "https://license.example/widevine";
  expect(drmConfig({ "com.widevine.alpha": licenseUrl })).toEqual({
    emeEnabled: true,
    drmSystems: { "com.widevine.alpha": { licenseUrl } },
  });
});
