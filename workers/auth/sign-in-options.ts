import { createRoute, OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../context.ts";
import { SignInOptions } from "../contract/accounts.ts";
import { mailerOf } from "../services/mailer.ts";
import { authSettings } from "./settings.ts";

/** Returns the sign-in methods that the operator has set up. */
export const signInOptions = new OpenAPIHono<AppEnv>().openapi(
  createRoute({
    operationId: "account.sign-in-options",
    method: "get",
    path: "/v1/sign-in-options",
    tags: ["Account"],
    summary: "Get the ways to sign in",
    responses: {
      200: {
        description: "What this deployment offers",
        content: { "application/json": { schema: SignInOptions } },
      },
    },
  }),
  (c) => {
    const settings = authSettings(c.env);
    const providers = settings.OIDC_PROVIDERS.map(({ id, name }) => ({ id, name }));
    return c.json(
      {
        providers,
        signUp: settings.SIGNUP !== "closed",
        emailVerification: settings.SIGNUP === "verified",
        passwordReset: mailerOf(settings) !== null,
      },
      200,
      // Several components of a page request it.
      { "cache-control": "public, max-age=60" },
    );
  },
);
