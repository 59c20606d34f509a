import { buildPushPayload } from "@block65/webcrypto-web-push";
import type { PushMessage } from "../contract/push.ts";
import type { PushEntry } from "../db/library/push-store.ts";
import { isPushEndpoint } from "../domain/push-endpoint.ts";
import { log } from "../log.ts";
import { countDelivery } from "./mailer.ts";

/** `VAPID_KEYS` is a secret, and optional: without it the site sends no notifications. */
export type PushEnv = Pick<Env, "PUBLIC_ORIGIN"> & { VAPID_KEYS?: string };

/** The pair of keys that names this site to push services (RFC 8292), both in base64url. */
export interface PushKeyPair {
  publicKey: string;
  privateKey: string;
}

/** A day later, a video is no longer news. */
const PUSH_TTL_SECONDS = 86_400;
const TIMEOUT_PUSH_MS = 10_000;
/** The push service does not know the browser any more. */
const GONE = new Set([404, 410]);

/**
 * Reads `VAPID_KEYS`: the public and the private key, separated by a dot. Anything else is logged, and nothing is sent.
 */
export function pushKeys({ VAPID_KEYS }: PushEnv): PushKeyPair | null {
  if (!VAPID_KEYS) return null;
  const [, publicKey, privateKey] = /^([\w-]{87})\.([\w-]{43})$/.exec(VAPID_KEYS.trim()) ?? [];
  if (publicKey !== undefined && privateKey !== undefined) return { publicKey, privateKey };
  log("push.bad-keys");
  return null;
}

/** Builds a message for one browser. @returns null when its keys are no keys */
async function encrypted(
  message: PushMessage,
  { endpoint, p256dh, auth }: PushEntry,
  topic: string,
  vapid: PushKeyPair & { subject: string },
): Promise<RequestInit | null> {
  try {
    const data = JSON.stringify(message);
    const options = { ttl: PUSH_TTL_SECONDS, topic };
    const subscription = { endpoint, expirationTime: null, keys: { p256dh, auth } };
    return await buildPushPayload({ data, options }, subscription, vapid);
  } catch {
    return null;
  }
}

/**
 * Sends a message to one browser, at most once: what its push service refuses is in the log.
 * @param topic replaces a message with the same topic that waits for the browser; at most 32 letters of base64url
 * @returns false when the browser can get no messages any more
 */
export async function sendPush(
  env: PushEnv,
  browser: PushEntry,
  message: PushMessage,
  topic: string,
): Promise<boolean> {
  const keys = pushKeys(env);
  if (!keys) return true;
  // It was checked when it was stored, but the list may have changed since.
  if (!isPushEndpoint(browser.endpoint)) return false;
  const request = await encrypted(message, browser, topic, { ...keys, subject: env.PUBLIC_ORIGIN });
  if (!request) return false;
  const service = new URL(browser.endpoint).hostname;
  try {
    const response = await fetch(browser.endpoint, {
      ...request,
      // A redirect could lead anywhere.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_PUSH_MS),
    });
    await response.body?.cancel();
    countDelivery("push", response.ok);
    if (GONE.has(response.status)) return false;
    if (!response.ok) log("push.refused", { service, status: response.status });
  } catch (error) {
    countDelivery("push", false);
    log("push.refused", { service, error });
  }
  return true;
}
