import type { OpenAPIHono } from "@hono/zod-openapi";
import { Hono } from "hono";
import type { AppEnv } from "../context.ts";
import { Problem } from "../contract/problem.ts";
import { ACCESS, type Rule } from "../domain/access-rules.ts";
import { docsHeaders, docsPage } from "./docs-page.ts";

type Api = OpenAPIHono<AppEnv>;
export type OpenApiDocument = ReturnType<Api["getOpenAPI31Document"]>;

const DESCRIPTION =
  "Errors are problem+json (RFC 9457) with a stable `code`. Lists are paginated: pass `nextCursor` as `cursor` to get the next page. Times are in ISO 8601 and UTC, durations in seconds, sizes in bytes. Every POST accepts an `Idempotency-Key`.";

const PROBLEM = {
  description: "Error",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
const IDEMPOTENCY_KEY = {
  name: "Idempotency-Key",
  in: "header" as const,
  description:
    "A repeated request with the same key gets the first response again and does nothing.",
  schema: { type: "string" as const, maxLength: 255 },
};

const BEARER = {
  type: "http" as const,
  scheme: "bearer",
  description: "An access token (JWT) or a personal access token (`kin_...`).",
};

const documents = new WeakMap<Api, OpenApiDocument>();

/**
 * The OpenAPI 3.1 document of the routes. This adds what all routes share: errors, idempotency keys, and the required scope
 * from the authorization table. Each isolate builds the document once.
 */
function openApiDocument(
  app: Api,
  env: Pick<Env, "PRODUCT_NAME" | "PUBLIC_ORIGIN">,
): OpenApiDocument {
  const cached = documents.get(app);
  if (cached) return cached;
  app.openAPIRegistry.register("Problem", Problem);
  const document = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: `${env.PRODUCT_NAME} API`, version: "1", description: DESCRIPTION },
    servers: [{ url: env.PUBLIC_ORIGIN }],
  });
  document.components = { ...document.components, securitySchemes: { bearer: BEARER } };
  for (const path of Object.values(document.paths ?? {})) {
    for (const method of ["get", "post", "put", "patch", "delete"] as const) {
      const operation = path[method];
      if (!operation) continue;
      const rule: Rule | undefined = Object.entries(ACCESS).find(
        ([id]) => id === operation.operationId,
      )?.[1];
      operation.responses = { ...operation.responses, default: PROBLEM };
      operation.security = securityOf(rule);
      if (method === "post")
        operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
    }
  }
  documents.set(app, document);
  return document;
}

/** A token with the scope of the rule; no token at all is an alternative where everyone may call. */
function securityOf(rule: Rule | undefined): Record<string, string[]>[] {
  if (!rule) return [];
  const token = { bearer: rule.scope ? [rule.scope] : [] };
  return rule.roles.includes("anonymous") ? [{}, token] : [token];
}

/** `/openapi.json`, and the same as a page at `/docs`, of the routes that `app` has when the first request comes. */
export function openApiRoutes(app: Api): Hono<AppEnv> {
  return new Hono<AppEnv>()
    .get("/openapi.json", (c) =>
      c.json(openApiDocument(app, c.env), 200, {
        "access-control-allow-origin": "*",
        "cache-control": "public, max-age=300",
      }),
    )
    .get("/docs", async (c) =>
      c.html(docsPage(openApiDocument(app, c.env)), 200, await docsHeaders()),
    );
}
