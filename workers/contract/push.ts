import { z } from "zod";

/** Base64url of a number of bytes, with or without padding. */
const encoded = (bytes: number) =>
  z.string().regex(new RegExp(`^[\\w-]{${Math.ceil((bytes * 4) / 3)}}={0,2}$`));

/** A browser's keys: its point on P-256, and a secret of 16 bytes (RFC 8291). */
const PushKeys = z.strictObject({ p256dh: encoded(65), auth: encoded(16) });

/** Starts or stops notifications of one browser, as its `PushSubscription` describes it. */
export const PushUpdate = z.strictObject({
  endpoint: z.url().max(2_048),
  /** null stops them. */
  keys: PushKeys.nullable(),
});
export type PushUpdate = z.infer<typeof PushUpdate>;

/** Notifications of new videos by Web Push. */
export const PushState = z.object({
  /** The key with which browsers subscribe; null if the site has no keys and therefore no notifications. */
  publicKey: z.string().nullable(),
  /** Addresses of the browsers that get the account's notifications. */
  endpoints: z.array(z.string()),
});
export type PushState = z.infer<typeof PushState>;

/** The content of a message, encrypted for one browser; `web/public/service-worker.js` shows it. */
export interface PushMessage {
  /** The creator; empty for one without a name. */
  title: string;
  /** The video. */
  body: string;
  /** Address of the video, without the origin. */
  path: string;
  image: string | null;
}
