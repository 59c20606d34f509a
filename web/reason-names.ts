import type { ReportReason } from "../workers/contract/reports.ts";
import type { PlainKey } from "./i18n/translate.ts";

/** The names of reasons for reporting a video. For pages with the catalogue `watch`. */
export const REASON_NAMES: Record<ReportReason, PlainKey> = {
  sexual: "report.sexual",
  violence: "report.violence",
  hate: "report.hate",
  harassment: "report.harassment",
  dangerous: "report.dangerous",
  misinformation: "report.misinformation",
  spam: "report.spam",
  copyright: "report.copyright",
  other: "report.other",
};
