import { OpenAPIHono } from "@hono/zod-openapi";
import type { ZodError, ZodType } from "zod";
import type { AppEnv } from "../context.ts";
import { AppError } from "../domain/errors.ts";

/** Turns the issues of every invalid field into one `invalid_request`. */
function invalidRequest(error: ZodError, target: string): AppError {
  const fields = error.issues.map((issue) => ({
    path: [target, ...issue.path].map(String).join("."),
    message: issue.message,
  }));
  const first = fields[0];
  return new AppError(
    "invalid_request",
    first ? `${first.path}: ${first.message}` : "The request is not valid.",
    {
      fields,
    },
  );
}

/** A router whose routes refuse input that does not match their schema with `invalid_request`. */
export function createRouter() {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success)
        throw invalidRequest(result.error, result.target === "json" ? "body" : result.target);
    },
  });
}

/** The `responses` entry of a JSON response. openapi.ts adds the errors, which are the same everywhere. */
export function json<T extends ZodType>(schema: T, description: string) {
  return {
    description,
    content: { "application/json": { schema } },
  };
}

/** The `request.body` entry of a required JSON body. */
export function body<T extends ZodType>(schema: T) {
  return {
    required: true,
    content: { "application/json": { schema } },
  };
}
