import { expect, test } from "vitest";
import { browserOf, deviceOf } from "./viewer-device.ts";

test.for([
  [
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "chrome",
    "desktop",
  ],
  [
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
    "edge",
    "desktop",
  ],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
    "safari",
    "phone",
  ],
  ["Mozilla/5.0 (Android 15; Tablet; rv:130.0) Gecko/130.0 Firefox/130.0", "firefox", "tablet"],
  [
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
    "chrome",
    "phone",
  ],
  [
    "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36",
    "chrome",
    "tv",
  ],
  ["curl/8", "other", "desktop"],
])("%s", ([userAgent, browser, device]) => {
  expect([browserOf(userAgent!), deviceOf(userAgent!)]).toEqual([browser, device]);
});
