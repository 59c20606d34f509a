import { expect, test } from "vitest";
import { framedByAllowed } from "./embed-policy.ts";
import { contentSecurityPolicy } from "./headers.ts";

const settings = { uploadOrigin: "https://account.r2.cloudflarestorage.com" };
const page = (): Response =>
  new Response("<html>", {
    headers: { "content-security-policy": contentSecurityPolicy(settings, "*") },
  });
const film = (playbackRules: object): Response => Response.json({ id: "f", playbackRules });
const policyOf = (response: Response) => response.headers.get("content-security-policy");

test("a film that only some sites may embed says so to the browser, and nothing else changes", async () => {
  const answer = await framedByAllowed(
    page(),
    film({ origins: ["https://shop.example", "https://blog.example:8443"] }),
  );
  expect(policyOf(answer)).toBe(
    contentSecurityPolicy(settings, "'self' https://shop.example https://blog.example:8443"),
  );
  expect(await answer.text()).toBe("<html>");
});

test("one that no site may embed is shown by ours alone", async () => {
  expect(policyOf(await framedByAllowed(page(), film({ origins: [] })))).toMatch(
    /frame-ancestors 'self'$/,
  );
});

test.each([
  ["a film without such a rule", film({ countries: { deny: ["FR"] } })],
  ["a film that nobody may know of", Response.json({ code: "not_found" }, { status: 404 })],
])("%s may be framed by any site", async (_what, video) => {
  expect(policyOf(await framedByAllowed(page(), video))).toMatch(/frame-ancestors \*$/);
});
