import { OpenAPIHono } from "@hono/zod-openapi";
import type { ZodError, ZodType } from "zod";
import type { AppEnv } from "../context.ts";
import { AppError } from "../domain/errors.ts";

/** An error of every field that did not fit, as `invalid_request`. */
function invalidRequest(error: ZodError, target: string): AppError {
  const fields = error.issues.map((issue) => ({
    path: [target, ...issue.path].map(String).join("."),
    message: issue.message,
  }));
  const first = fields[0];
  return new AppError(
    "invalid_request",
    first ? `${first.path}: ${first.message}` : "The input does not fit.",
    {
      fields,
    },
  );
}

/** A router whose every route refuses input that does not fit its schema with `invalid_request`. */
export const createRouter = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success)
        throw invalidRequest(result.error, result.target === "json" ? "body" : result.target);
    },
  });

/** The `responses` entry of a JSON answer. Errors are the same everywhere, so `openapi.ts` adds them. */
export const json = <T extends ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

/** The `request.body` entry of a JSON body that must be there. */
export const body = <T extends ZodType>(schema: T) => ({
  required: true,
  content: { "application/json": { schema } },
});
