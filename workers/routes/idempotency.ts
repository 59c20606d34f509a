import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../context.ts";
import { catalog } from "../db/client.ts";
import { freeKey, keepAnswer, type StoredAnswer, takeKey } from "../db/idempotency.ts";
import { AppError } from "../domain/errors.ts";

/** What the header may hold: visible ASCII. */
const Key = z.string().regex(/^[\x21-\x7e]{1,255}$/);
/** No request runs longer: a key without an answer after that is free again. */
const STALE_MS = 60_000;

/**
 * `Idempotency-Key` on every POST of a signed-in caller: a repetition gets the first answer again and does nothing.
 * Only successes are kept; after an error the same key may be tried again. What must not be stored (`Cache-Control:
 * no-store`, as answers with a secret have) is not shown again either: the repetition is a conflict.
 */
export const idempotent: MiddlewareHandler<AppEnv> = async (c, next) => {
  const header = c.req.header("idempotency-key");
  const { principal } = c.var;
  if (c.req.method !== "POST" || header === undefined || principal.kind === "anonymous")
    return next();
  const parsed = Key.safeParse(header);
  if (!parsed.success) {
    throw new AppError(
      "invalid_request",
      "Idempotency-Key must be 1 to 255 visible ASCII characters.",
    );
  }
  const db = catalog(c.env);
  const key = { principal: principal.userId, key: parsed.data };
  const requestHash = await digest(
    new Blob([`${c.req.method} ${c.req.path}\n`, await c.req.arrayBuffer()]),
  );
  const now = Date.now();
  const earlier = await takeKey(db, { ...key, requestHash }, now, now - STALE_MS);
  if (earlier) return repeat(earlier, requestHash);

  await next();
  if (!c.res.ok) return freeKey(db, key);
  const secret = c.res.headers.get("cache-control")?.includes("no-store") ?? false;
  await keepAnswer(db, key, c.res.status, secret ? SECRET : await c.res.clone().text());
};

/** Stored instead of an answer that must not be; no JSON, so no answer of ours. */
const SECRET = "secret";

function repeat(earlier: StoredAnswer, requestHash: string): Response {
  if (earlier.requestHash !== requestHash) {
    throw new AppError(
      "idempotency_conflict",
      "This Idempotency-Key was used for a request with other content. Take a new one.",
    );
  }
  if (earlier.status === null) {
    throw new AppError(
      "idempotency_conflict",
      "The first request with this Idempotency-Key is still running.",
      {
        headers: { "retry-after": "1" },
      },
    );
  }
  if (earlier.body === SECRET) {
    throw new AppError(
      "idempotency_conflict",
      "The first request with this Idempotency-Key succeeded; its answer held a secret, which is shown only once.",
    );
  }
  const headers = { "content-type": "application/json", "idempotency-replayed": "true" };
  return new Response(earlier.body || null, { status: earlier.status, headers });
}

async function digest(content: Blob): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await content.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
