import { expect, test } from "vitest";
import { refuseUnsafeSettings } from "./unsafe-settings.ts";

const HTTPS = {
  PUBLIC_ORIGIN: "https://video.example",
  DEV_MAIL: "false",
  LOCAL_RUNNER_SECRET: "",
};

test.each([
  ["mail that anyone can read", { DEV_MAIL: "true" }, "DEV_MAIL"],
  ["local runners", { LOCAL_RUNNER_SECRET: "secret" }, "LOCAL_RUNNER_SECRET"],
])("a deployment with %s refuses to start", (_, change, named) => {
  expect(() => refuseUnsafeSettings({ ...HTTPS, ...change })).toThrow(named);
  const local = { ...HTTPS, ...change, PUBLIC_ORIGIN: "http://localhost:8788" };
  expect(() => refuseUnsafeSettings(local)).not.toThrow();
});

test("other deployments start", () => {
  expect(() => refuseUnsafeSettings(HTTPS)).not.toThrow();
});
