import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sendFirstRequest, takeFirstRequest } from "./first-request.ts";
import { searchRequest } from "./search-params.ts";

const ORIGIN = "https://v.example";
const PATH = "/v1/videos/1/watch";

beforeEach(() => {
  vi.stubGlobal("location", { href: `${ORIGIN}/watch/1` });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response("first")));
});
afterEach(() => vi.unstubAllGlobals());

test("the page's first request is answered with the response that was preloaded, once", async () => {
  void sendFirstRequest("POST", PATH);
  expect(takeFirstRequest(`${ORIGIN}${PATH}`, { method: "GET" })).toBeUndefined();
  expect(takeFirstRequest(`${ORIGIN}/v1/feed`)).toBeUndefined();
  const taken = takeFirstRequest(`${ORIGIN}${PATH}`, { method: "POST" });
  expect(await (await taken)?.text()).toBe("first");
  expect(takeFirstRequest(`${ORIGIN}${PATH}`, { method: "POST" })).toBeUndefined();
});

test("a search without a query is the same request with and without a question mark", async () => {
  void sendFirstRequest("GET", searchRequest("", 0));
  expect(await (await takeFirstRequest(`${ORIGIN}/v1/search`))?.text()).toBe("first");
});

test("an account never gets the response that was preloaded without one", () => {
  void sendFirstRequest("GET", "/v1/feed");
  const headers = { authorization: "Bearer token" };
  expect(takeFirstRequest(`${ORIGIN}/v1/feed`, { headers })).toBeUndefined();
  expect(takeFirstRequest(`${ORIGIN}/v1/feed`)).toBeUndefined();
});

test("a failed preload is reported to the code that uses it", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  void sendFirstRequest("GET", "/v1/feed");
  await expect(takeFirstRequest("/v1/feed")).rejects.toThrow("no network");
});
