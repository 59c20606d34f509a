import { expect, test } from "vitest";
import { ApiError, messageOf, readApiError } from "./api-error.ts";
import { fieldErrorsOf } from "./field-message.ts";

test("a problem keeps its code, its detail and its fields", async () => {
  const errors = [{ path: "body.tags.2", message: "is too long" }];
  const problem = { code: "invalid_request", detail: "The request is not valid.", errors };
  const error = await readApiError(Response.json(problem, { status: 400 }));
  expect(error).toMatchObject({ status: 400, code: "invalid_request", message: problem.detail });
  expect(fieldErrorsOf(error)["tags"]).toBe("Is too long.");
});

test("an unexpected error shows the request id by which an operator finds it in the log", async () => {
  const problem = {
    code: "internal",
    detail: "An unexpected error occurred.",
    requestId: "0f1e-22",
  };
  const { message } = await readApiError(Response.json(problem, { status: 500 }));
  expect(message).toMatch(/^Something went wrong on our end\..*: 0f1e-22$/);
});

const refusal = (detail: string, ...paths: string[]) =>
  Response.json(
    { code: "invalid_request", detail, errors: paths.map((path) => ({ path, message: "bad" })) },
    { status: 400 },
  );

test("a mistyped id in an address leads to the page for unknown addresses", async () => {
  const error = await readApiError(refusal("param.id: not an id", "param.id"));
  expect(error).toMatchObject({ status: 404, code: "not_found" });
});

test.each([
  ["param.id: not an id", "param.id"],
  ["query.minDuration: Invalid input", "query.minDuration"],
  ["body.jwk.kty: Invalid discriminator value", "body.jwk.kty"],
  ["header.idempotency-key: too long", "header.idempotency-key"],
  // Messages of the auth library, and of our rules before it.
  ["name: must have 1 to 80 characters"],
  ["[body.email] Invalid email address"],
])("%s never reaches the screen", async (detail, ...paths) => {
  const { message } = await readApiError(refusal(detail, ...paths));
  expect(message).toMatch(/^(Part of this address|Some fields) .+\.$/);
});

test.each([
  "An encrypted video has no downloads: choose one of the two.",
  "Wait: too many requests.",
])("a sentence with a colon is kept: %s", async (detail) =>
  expect((await readApiError(refusal(detail))).message).toBe(detail),
);

test.each([
  [502, "server_error"],
  [413, "unexpected"],
])("an HTML page with status %i becomes %s", async (status, code) => {
  expect(await readApiError(new Response("<html>", { status }))).toMatchObject({ status, code });
});

test("a known code has its own message, any other the server's detail", () => {
  expect(messageOf("invalid_code", "Invalid code")).toContain("Codes change every 30 seconds");
  expect(messageOf("quota_exceeded", "The storage is full.")).toBe("The storage is full.");
  expect(messageOf("no_such_code")).toBe("Something went wrong. Try again.");
});

test("an error deep inside a field is shown at each field on its path", () => {
  const path = "body.playbackRules.countries.allow.0";
  const errors = fieldErrorsOf(
    new ApiError(400, "invalid_request", "", [{ path, message: "bad" }]),
  );
  expect(errors).toMatchObject({ playbackRules: "Bad.", countries: "Bad." });
});

test("an error without fields is shown at no input", () => {
  expect(fieldErrorsOf(null)).toEqual({});
  expect(fieldErrorsOf(new ApiError(0, "offline", ""))).toEqual({});
});

test.each([
  ["name: must have 1 to 80 characters", { name: "Must have 1 to 80 characters." }],
  ["[body.email] Invalid email address", { email: "This is not valid." }],
])("%s is shown at its field", async (detail, fields) => {
  expect(fieldErrorsOf(await readApiError(refusal(detail)))).toEqual(fields);
});
