import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import type { AppEnv } from "../context.ts";
import { catalog } from "../db/client.ts";
import { freeKey, keepAnswer, type StoredAnswer, takeKey } from "../db/idempotency.ts";
import { AppError } from "../domain/errors.ts";
import { LIMITS, MAX_STORED_RESPONSE_CHARACTERS } from "../domain/limits.ts";

/** Visible ASCII. */
const Key = z.string().regex(/^[\x21-\x7e]{1,255}$/);
/** No request runs longer: after this, a key without a response can be used again. */
const MAX_REQUEST_MS = 60_000;
const CREATED = 201;

/**
 * Handles `Idempotency-Key` on every POST of a signed-in caller: a repeated request gets the first response again and does
 * nothing. Only the responses of creations are kept (201), since everything else can be repeated without harm, and after an
 * error the same key can be used again. Responses with a secret
 * (`Cache-Control: no-store`) are not stored, so repeating their request is a conflict.
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
  const request = { ...key, requestHash };
  const { earlier, keys } = await takeKey(db, request, now, now - MAX_REQUEST_MS);
  if (earlier) return replay(earlier, requestHash);
  if (keys > LIMITS.idempotencyKeysPerAccount) {
    await freeKey(db, key);
    throw new AppError(
      "limit_reached",
      `An account can use ${LIMITS.idempotencyKeysPerAccount} keys per day. Send the request without Idempotency-Key.`,
    );
  }

  await next();
  if (c.res.status !== CREATED) return freeKey(db, key);
  const hasSecret = c.res.headers.get("cache-control")?.includes("no-store") ?? false;
  const text = hasSecret ? SECRET_RESPONSE : await c.res.clone().text();
  if (text.length > MAX_STORED_RESPONSE_CHARACTERS) return freeKey(db, key);
  await keepAnswer(db, key, c.res.status, text);
};

/** Stored instead of a response with a secret. It is not JSON, so it cannot be a response. */
const SECRET_RESPONSE = "secret";

function replay(earlier: StoredAnswer, requestHash: string): Response {
  if (earlier.requestHash !== requestHash) {
    throw new AppError(
      "idempotency_conflict",
      "This Idempotency-Key was used for a different request. Use a new one.",
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
  if (earlier.body === SECRET_RESPONSE) {
    throw new AppError(
      "idempotency_conflict",
      "The first request with this Idempotency-Key succeeded. Its response had a secret, which is shown only once.",
    );
  }
  const headers = { "content-type": "application/json", "idempotency-replayed": "true" };
  return new Response(earlier.body || null, { status: earlier.status, headers });
}

async function digest(content: Blob): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", await content.arrayBuffer());
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
