import { expect, test } from "vitest";
import { restrictFraming } from "./embed-policy.ts";
import { contentSecurityPolicy } from "../headers.ts";

const settings = { uploadOrigin: "https://account.r2.cloudflarestorage.com" };
function page(): Response {
  const policy = contentSecurityPolicy(settings, "*");
  return new Response("<html>", { headers: { "content-security-policy": policy } });
}
const videoWith = (allowed: object) => Response.json(allowed);
const policyOf = (response: Response) => response.headers.get("content-security-policy");

test("the policy lists the sites that may embed a video and is otherwise unchanged", async () => {
  const response = await restrictFraming(
    page(),
    videoWith({ origins: ["https://shop.example", "https://blog.example:8443"] }),
  );
  expect(policyOf(response)).toBe(
    contentSecurityPolicy(settings, "'self' https://shop.example https://blog.example:8443"),
  );
  expect(await response.text()).toBe("<html>");
});

test("a video that no other site may embed can be framed only by this site", async () => {
  expect(policyOf(await restrictFraming(page(), videoWith({ origins: [] })))).toMatch(
    /frame-ancestors 'self'$/,
  );
});

test.each([
  ["a video without such a rule", videoWith({ origins: null })],
  ["a video that does not exist", Response.json({ code: "not_found" }, { status: 404 })],
])("%s may be framed by any site", async (_what, video) => {
  expect(policyOf(await restrictFraming(page(), video))).toMatch(/frame-ancestors \*$/);
});
