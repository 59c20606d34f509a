import { z } from "zod";
import { Id, page, Timestamp } from "./common.ts";
import { REPORT_REASONS } from "./report-reasons.ts";
import { linesOfText } from "./text.ts";
import { Visibility } from "./videos.ts";

export const ReportReason = z.enum(REPORT_REASONS);
export type ReportReason = z.infer<typeof ReportReason>;

export const ReportCreate = z.strictObject({
  reason: ReportReason,
  /** A note for the moderator. */
  text: linesOfText(1000).default(""),
});
export type ReportCreate = z.infer<typeof ReportCreate>;

/** A report as moderators see it. It does not reveal who sent it. */
export const Report = z.object({
  id: Id,
  video: z.object({
    id: Id,
    title: z.string(),
    visibility: Visibility,
    creator: z.object({ id: z.string(), name: z.string() }),
  }),
  reason: ReportReason,
  text: z.string(),
  /** How many open reports the video has. */
  ofVideo: z.int(),
  createdAt: Timestamp,
});
export type Report = z.infer<typeof Report>;

export const ReportPage = page(Report);
export type ReportPage = z.infer<typeof ReportPage>;
