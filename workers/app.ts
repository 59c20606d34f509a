import { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "./context.ts";
import { AppError } from "./domain/errors.ts";
import { problemResponse } from "./problem.ts";

/** Mounts the routes; every error leaves through `problemResponse`. */
export const app = new OpenAPIHono<AppEnv>();

app.notFound((c) => problemResponse(new AppError("not_found", `There is nothing at ${c.req.path}.`), c.req.path));
app.onError((error, c) => problemResponse(error, c.req.path));
