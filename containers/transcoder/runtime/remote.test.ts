import { expect, test } from "vitest";
import { remoteEnvironment } from "./remote.ts";

const token = `kinora_rt_${"a".repeat(44)}`;

test("a remote runner needs only the site's address and a token", () => {
  expect(remoteEnvironment({ KINORA_URL: "https://video.example/", KINORA_TOKEN: token })).toEqual({
    RUNNER_API: "https://video.example/api/runner",
    RUNNER_TOKEN: token,
    RUNNER_ID: "remote-0",
  });
  expect(remoteEnvironment({})).toEqual({});
});

test.each([
  ["video.example", token, "not an address"],
  ["http://video.example", token, "https://"],
  ["https://video.example", "kin_abc", "kinora_rt_"],
  ["https://video.example", undefined, "kinora_rt_"],
])("%s with the token %s is refused", (KINORA_URL, KINORA_TOKEN, reason) => {
  expect(() => remoteEnvironment({ KINORA_URL, KINORA_TOKEN })).toThrow(reason);
});
