import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { authSettings } from "./settings.ts";

const NO_MAIL = { DEV_MAIL: "false", MAIL_ENDPOINT: "" };
const MAIL = { DEV_MAIL: "false", MAIL_ENDPOINT: "https://mail.example/send" };
const MAIL_KEPT_HERE = { DEV_MAIL: "true", MAIL_ENDPOINT: "" };

test.each([
  ["verified", NO_MAIL, "closed"],
  ["verified", MAIL, "verified"],
  ["verified", MAIL_KEPT_HERE, "verified"],
  ["open", NO_MAIL, "open"],
  ["open", MAIL, "open"],
  ["closed", NO_MAIL, "closed"],
  ["closed", MAIL, "closed"],
])("SIGNUP %s with %o: sign-up is %s", (SIGNUP, mail, expected) => {
  expect(authSettings({ ...env, ...mail, SIGNUP }).SIGNUP).toBe(expected);
});

test.each(["", "true", "Open"])(
  "SIGNUP %j is refused with an error that names the setting",
  (SIGNUP) => {
    expect(() => authSettings({ ...env, SIGNUP })).toThrow("SIGNUP");
  },
);
