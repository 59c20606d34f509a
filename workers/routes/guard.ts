import type { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import type { AppEnv } from "../context.ts";
import { ACCESS, type Operation } from "../domain/access-rules.ts";
import { authorizeOperation } from "../domain/access.ts";
import { AppError } from "../domain/errors.ts";

type Registry = OpenAPIHono<AppEnv>["openAPIRegistry"];

const isOperation = (id: string | undefined): id is Operation =>
  id !== undefined && Object.hasOwn(ACCESS, id);

/** Maps `GET /v1/videos/:id` to `videos.get`, by the OpenAPI definitions of the routes. */
function operationsByRoute(registry: Registry): Map<string, Operation> {
  const operations = new Map<string, Operation>();
  for (const definition of registry.definitions) {
    if (definition.type !== "route") continue;
    const { method, path, operationId } = definition.route;
    const pattern = path.replaceAll(/\{(.+?)\}/g, ":$1");
    if (isOperation(operationId)) operations.set(`${method.toUpperCase()} ${pattern}`, operationId);
  }
  return operations;
}

/**
 * Checks the authorization table before any route runs, by the operationId of the route that will handle the request. A
 * route without a row in the table is closed to everyone.
 */
export function guard(registry: Registry): MiddlewareHandler<AppEnv> {
  let operations: Map<string, Operation> | undefined;
  return async (c, next) => {
    // Built on the first request: the routes are mounted after this middleware.
    operations ??= operationsByRoute(registry);
    const route = matchedRoutes(c).find((candidate) => candidate.method !== "ALL");
    if (route) {
      const operation = operations.get(`${route.method} ${route.path}`);
      if (!operation) throw new AppError("forbidden", "This operation is not available.");
      c.set("guarded", { operation, pattern: route.path });
      c.set("principal", authorizeOperation(c.var.principal, operation));
    }
    await next();
  };
}
