import { createRoute, z } from "@hono/zod-openapi";
import { createExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { body, createRouter, json } from "./routes/router.ts";
import { anonymous, assembleApp, call, problemOf } from "../tests/support/worker/api.ts";

test("an unknown path is not_found; a known path with the wrong method lists the allowed methods", async () => {
  expect(await problemOf(await call(anonymous, "GET", "/v1/nothing"))).toMatchObject({
    status: 404,
    code: "not_found",
  });
  const response = await call(anonymous, "POST", "/v1/categories");
  expect(response.headers.get("allow")).toContain("GET");
  expect(await problemOf(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
});

test("while D1 is unavailable, the API reports a temporary error with a time to retry", async () => {
  const away = () => Promise.reject(new Error("D1_ERROR: Network connection lost."));
  const statement = { bind: () => statement, all: away, raw: away, run: away, first: away };
  const database = { prepare: () => statement, batch: away, withSession: () => database };
  const broken = { ...env, CATALOG: database };
  for (const path of ["/v1/videos", "/v1/videos/AAAAAAAAAAAAAAAAAAAAAA"]) {
    const response = await anonymous.request(path, {}, broken, createExecutionContext());
    expect(response.headers.get("retry-after")).toBe("2");
    expect(await problemOf(response)).toMatchObject({ status: 503, code: "unavailable" });
  }
  const signIn = await anonymous.request(
    "/api/auth/sign-in/email",
    {
      method: "POST",
      headers: { "content-type": "application/json", origin: env.PUBLIC_ORIGIN },
      body: JSON.stringify({ email: "someone@example.com", password: "a password" }),
    },
    broken,
    createExecutionContext(),
  );
  expect(signIn.headers.get("retry-after")).toBe("2");
  expect(await problemOf(signIn)).toMatchObject({ status: 503, code: "unavailable" });
});

test("a route without a row in the authorization table is closed", async () => {
  const router = createRouter().openapi(
    createRoute({
      method: "get",
      path: "/v1/forgotten",
      operationId: "forgotten.get",
      responses: { 200: json(z.object({}), "never") },
    }),
    (c) => c.json({}, 200),
  );
  const app = assembleApp().route("/", router);
  expect(await problemOf(await call(app, "GET", "/v1/forgotten"))).toMatchObject({
    status: 403,
    code: "forbidden",
  });
});

test("an error for invalid input names every invalid field; malformed JSON and other content types are refused", async () => {
  const router = createRouter().openapi(
    createRoute({
      method: "post",
      path: "/v1/echo",
      operationId: "categories.list",
      request: { body: body(z.strictObject({ title: z.string(), size: z.int() })) },
      responses: { 200: json(z.object({}), "ok") },
    }),
    (c) => c.json({}, 200),
  );
  const app = assembleApp().route("/", router);
  const post = (text: string, type = "application/json") =>
    call(app, "POST", "/v1/echo", text, { "content-type": type });

  const problem = await problemOf(await post(`{"title":1,"size":"x"}`));
  expect(problem).toMatchObject({ status: 400, code: "invalid_request", instance: "/v1/echo" });
  expect(problem.errors?.map((error) => error.path)).toEqual(["body.title", "body.size"]);
  expect(await problemOf(await post("{"))).toMatchObject({ status: 400, code: "invalid_request" });
  expect(await problemOf(await post("a=1", "text/plain"))).toMatchObject({ status: 415 });
  const large = JSON.stringify({ title: "x".repeat(300_000), size: 1 });
  expect(await problemOf(await post(large))).toMatchObject({
    status: 413,
    code: "payload_too_large",
  });
});

test.each([
  "/v1/categories",
  "/v1/nothing",
  "/oembed",
  "/openapi.json",
  "/docs",
  "/api/auth/get-session",
  "/api/auth/nothing",
  "/.well-known/oauth-protected-resource",
])("%s is sent with nosniff and strict transport security", async (path) => {
  const { headers } = await call(anonymous, "GET", path);
  expect(headers.get("x-content-type-options")).toBe("nosniff");
  expect(headers.get("strict-transport-security")).toContain("max-age=31536000");
});

test("any origin may call with a bearer token, and no response allows cookies", async () => {
  const response = await call(anonymous, "OPTIONS", "/v1/categories", undefined, {
    origin: "https://app.example",
    "access-control-request-method": "POST",
  });
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(response.headers.get("access-control-allow-credentials")).toBeNull();
});

test.each([
  "//",
  "//v1/categories",
  "/v1//categories",
  "/v1/categories//",
  "//media/a.b.c/x",
  "/media//a.b.c/x",
  "/images//x",
  "//oembed",
])("%s, a path with an empty segment, is not found", async (path) => {
  const response = await exports.default.fetch(`http://localhost:8788${path}`);
  expect(await problemOf(response)).toMatchObject({ status: 404, code: "not_found" });
});
