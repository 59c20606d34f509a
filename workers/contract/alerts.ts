import { z } from "zod";
import { ALERT_NAMES } from "./alert-names.ts";
import { Timestamp } from "./common.ts";

export const AlertNameSchema = z.enum(ALERT_NAMES);

/** A rule by which operators are alerted, with its current state. */
export const AlertItem = z.object({
  name: AlertNameSchema,
  severity: z.enum(["critical", "warning"]),
  /** `pending`: its condition holds, but not for long enough to notify anyone. */
  state: z.enum(["ok", "pending", "firing", "resolved"]),
  since: Timestamp.nullable(),
  /** The newest value above the limit. */
  value: z.number().nullable(),
  /** The limit; null if the operator has switched the rule off. */
  above: z.number().nullable(),
  unit: z.string(),
  /** The most probable cause. */
  cause: z.string(),
  /** What to do first. */
  action: z.string(),
  /** Where the repository describes the rest. */
  runbook: z.string(),
  /** No notifications are sent until then. */
  silencedUntil: Timestamp.nullable(),
});
export type AlertItem = z.infer<typeof AlertItem>;

export const AlertList = z.object({ items: z.array(AlertItem) });
export type AlertList = z.infer<typeof AlertList>;

/** Every receiver of alerts that a test was sent to. */
export const AlertTest = z.object({
  receivers: z.array(
    z.object({
      /** `mail`, or the format of a webhook and its place in `ALERT_WEBHOOKS`. */
      name: z.string(),
      /** Why it did not take the test; null if it did. */
      problem: z.string().nullable(),
    }),
  ),
});
export type AlertTest = z.infer<typeof AlertTest>;

const MINUTES_PER_WEEK = 7 * 24 * 60;

export const AlertSilence = z.strictObject({
  /** For how long no notifications are sent; 0 ends a silence. */
  minutes: z.int().min(0).max(MINUTES_PER_WEEK),
});
