import { expect, test } from "vitest";
import { ApiError, fieldErrorsOf, messageOf, readApiError } from "./api-error.ts";

test("a problem keeps its code, its detail and its fields", async () => {
  const errors = [{ path: "body.tags.2", message: "is too long" }];
  const problem = { code: "invalid_request", detail: "The request is not valid.", errors };
  const error = await readApiError(Response.json(problem, { status: 400 }));
  expect(error).toMatchObject({ status: 400, code: "invalid_request", message: problem.detail });
  expect(fieldErrorsOf(error)["tags"]).toBe("is too long");
});

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

test("an error deep inside a field is about each field on its path", () => {
  const path = "body.playbackRules.countries.allow.0";
  const errors = fieldErrorsOf(
    new ApiError(400, "invalid_request", "", [{ path, message: "bad" }]),
  );
  expect(errors).toMatchObject({ playbackRules: "bad", countries: "bad" });
});

test("an error without fields is about no input", () => {
  expect(fieldErrorsOf(null)).toEqual({});
  expect(fieldErrorsOf(new ApiError(0, "offline", ""))).toEqual({});
});
