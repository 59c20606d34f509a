import { OpenAPIHono } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { HTTPException } from "hono/http-exception";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { accountDeleted, authenticate } from "./auth/bearer.ts";
import { devMail } from "./auth/dev-mail.ts";
import { authRoutes } from "./auth/routes.ts";
import { signInOptions } from "./auth/sign-in-options.ts";
import type { AppEnv } from "./context.ts";
import { isOfDeletedAccount, isOfSuspendedAccount, isTransient } from "./db/client.ts";
import { AppError } from "./domain/errors.ts";
import { problemResponse } from "./problem.ts";
import { readPlayableEarly } from "./routes/early-reads.ts";
import { editorsPick } from "./routes/editors-pick.ts";
import { embedOrigins } from "./routes/embed-origins.ts";
import { PASS_HEADER, readAccessPass } from "./routes/access-pass.ts";
import { account } from "./routes/account.ts";
import { analytics } from "./routes/analytics.ts";
import { accountAdmin } from "./routes/account-admin.ts";
import { apps } from "./routes/apps.ts";
import { audit } from "./routes/audit.ts";
import { bin } from "./routes/bin.ts";
import { bulkEdit } from "./routes/bulk-edit.ts";
import { duplicates } from "./routes/duplicates.ts";
import { captions } from "./routes/captions.ts";
import { chapters } from "./routes/chapters.ts";
import { categories } from "./routes/categories.ts";
import { creators } from "./routes/creators.ts";
import { deadLetters } from "./routes/dead-letters.ts";
import { digest } from "./routes/digest.ts";
import { push } from "./routes/push.ts";
import { beacons } from "./routes/beacons.ts";
import { idempotent } from "./routes/idempotency.ts";
import { feed } from "./routes/feed.ts";
import { follows } from "./routes/follows.ts";
import { guard } from "./routes/guard.ts";
import { health } from "./routes/health.ts";
import { history } from "./routes/history.ts";
import { library } from "./routes/library.ts";
import { libraryCopies } from "./routes/library-copies.ts";
import { invitations } from "./routes/invitations.ts";
import { limitBody, limitRate } from "./routes/limits.ts";
import { metrics } from "./routes/metrics.ts";
import { oembed } from "./routes/oembed.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { playback } from "./routes/playback.ts";
import { premieres } from "./routes/premieres.ts";
import { profiles } from "./routes/profiles.ts";
import { playlists } from "./routes/playlists.ts";
import { moderation } from "./routes/moderation.ts";
import { recordActs } from "./routes/record-acts.ts";
import { reports } from "./routes/reports.ts";
import { runners } from "./routes/runners.ts";
import { taskRetry } from "./routes/task-retry.ts";
import { usage } from "./routes/usage.ts";
import { work } from "./routes/work.ts";
import { search } from "./routes/search.ts";
import { sharing } from "./routes/sharing.ts";
import { suggest } from "./routes/suggest.ts";
import { siteSettings } from "./routes/site-settings.ts";
import { signingKeys } from "./routes/signing-keys.ts";
import { versions } from "./routes/versions.ts";
import { uploads } from "./routes/uploads.ts";
import { videoAccess } from "./routes/video-access.ts";
import { videoFiles } from "./routes/video-files.ts";
import { videos } from "./routes/videos.ts";
import { tokens } from "./routes/tokens.ts";
import { PART_PATH, storePart } from "./media/part-relay.ts";
import { asInvocation } from "./services/invocation.ts";
import { withSettings } from "./services/site-settings.ts";
import { loggablePath, REQUEST_ID_HEADER, requestIdOf } from "./trace.ts";
import { serveRunnerApi } from "./jobs/runners/runner-api.ts";
import { identifyRunner } from "./jobs/runners/runner-identity.ts";

/** The runner API for local processes and remote runners. Containers reach it through their Durable Object. */
const RUNNER_API_PATH = "/api/runner/";

/** Turns an error of Hono, for example about malformed JSON, or a temporary failure of D1 into one of ours. */
function asKnown(error: unknown, env: Env): unknown {
  if (isOfDeletedAccount(error)) return accountDeleted(env);
  if (isOfSuspendedAccount(error))
    return new AppError("conflict", "The account is suspended, so its videos stay private.");
  if (isTransient(error))
    return new AppError("unavailable", "The catalogue does not answer. Try again in a moment.", {
      cause: error,
      headers: { "retry-after": "2" },
    });
  if (!(error instanceof HTTPException)) return error;
  if (error.status === 415)
    return new AppError("unsupported_media_type", "The content type of the body is not supported.");
  if (error.status < 500) return new AppError("invalid_request", error.message);
  return error;
}

/** As strict as the site (`web/headers.ts`). Headers that a route sets itself are kept. */
const securityHeaders = secureHeaders({
  strictTransportSecurity: "max-age=31536000; includeSubDomains",
  overwrite: false,
});

/** A request's bindings include the site's settings, except for the liveness check, which asks nothing. */
const applySettings: MiddlewareHandler<AppEnv> = async (c, next) => {
  if (c.req.path !== "/healthz") c.env = await withSettings(c.env);
  await next();
};

/**
 * Assembles the HTTP API. Every error leaves through `problemResponse`.
 * @param authenticate sets `principal` from the bearer token; a parameter, so that tests can act as any account
 * @param configure sets the settings of the site; a parameter, so that tests can count the statements of a request
 */
export function createApp(
  authenticate: MiddlewareHandler<AppEnv>,
  configure: MiddlewareHandler<AppEnv> = applySettings,
) {
  const app = new OpenAPIHono<AppEnv>();
  app.notFound((c) =>
    problemResponse(new AppError("not_found", `${c.req.path} does not exist.`), c.req.path),
  );
  app.onError((error, c) => problemResponse(asKnown(error, c.env), c.req.path));

  app.use(async (c, next) => {
    const requestId = requestIdOf(c.req.header(REQUEST_ID_HEADER));
    await asInvocation(`${c.req.method} ${loggablePath(c.req.path)}`, next, requestId);
    c.header(REQUEST_ID_HEADER, requestId);
  });
  app.use(configure);
  app.use(securityHeaders);
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        problemResponse(
          new AppError("method_not_allowed", `${c.req.path} supports ${methods.join(", ")}.`, {
            headers: { allow: methods.join(", ") },
          }),
          c.req.path,
        ),
    }),
  );
  // Any origin may call: callers use bearer tokens, never cookies, and browsers add no bearer token by themselves.
  const allowAnyOrigin = cors({
    origin: "*",
    allowMethods: ["GET", "POST", "PUT", "PATCH", "DELETE"],
    allowHeaders: ["authorization", "content-type", "idempotency-key", "kinora-pin", PASS_HEADER],
    exposeHeaders: ["x-request-id", "retry-after", "idempotency-replayed"],
    maxAge: 86_400,
  });
  for (const path of ["/v1/videos/:id/watch", "/v1/videos/:id/playback"])
    app.use(path, readPlayableEarly);
  for (const path of [
    "/v1/*",
    "/healthz",
    "/readyz",
    "/oembed",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemaps/*",
  ]) {
    app.use(path, allowAnyOrigin, limitBody, authenticate, readAccessPass);
    app.use(path, guard(app.openAPIRegistry));
    app.use(path, limitRate, idempotent, recordActs);
  }

  app.use("/api/auth/*", limitBody);
  app
    .route("/", authRoutes)
    .route("/", devMail)
    .route("/", embedOrigins)
    .route("/", openApiRoutes(app));
  app.all(`${RUNNER_API_PATH}*`, async (c) => {
    const path = c.req.path.slice(RUNNER_API_PATH.length);
    const identity = await identifyRunner(c.req.raw, c.env);
    return serveRunnerApi(c.req.raw, c.env, c.executionCtx, path, identity);
  });
  app.put(PART_PATH, (c) => storePart(c.req.raw, c.env));
  return app
    .route("/", health)
    .route("/", categories)
    .route("/", account)
    .route("/", signInOptions)
    .route("/", tokens)
    .route("/", apps)
    .route("/", uploads)
    .route("/", videos)
    .route("/", bin)
    .route("/", bulkEdit)
    .route("/", duplicates)
    .route("/", captions)
    .route("/", chapters)
    .route("/", versions)
    .route("/", videoAccess)
    .route("/", videoFiles)
    .route("/", premieres)
    .route("/", search)
    .route("/", suggest)
    .route("/", feed)
    .route("/", editorsPick)
    .route("/", creators)
    .route("/", follows)
    .route("/", digest)
    .route("/", push)
    .route("/", history)
    .route("/", library)
    .route("/", playlists)
    .route("/", profiles)
    .route("/", reports)
    .route("/", moderation)
    .route("/", audit)
    .route("/", playback)
    .route("/", beacons)
    .route("/", oembed)
    .route("/", sharing)
    .route("/", signingKeys)
    .route("/", accountAdmin)
    .route("/", invitations)
    .route("/", siteSettings)
    .route("/", runners)
    .route("/", taskRetry)
    .route("/", work)
    .route("/", usage)
    .route("/", libraryCopies)
    .route("/", deadLetters)
    .route("/", metrics)
    .route("/", analytics);
}

export type AppType = ReturnType<typeof createApp>;

export const app = createApp(authenticate);
