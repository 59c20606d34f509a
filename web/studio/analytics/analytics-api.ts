import type { Analytics, AnalyticsTable } from "../../../workers/contract/analytics.ts";
import type { AnalyticsPeriod } from "../../../workers/contract/audience-names.ts";
import { abortable, body, v1 } from "../../api-call.ts";
import { readApiError } from "../../api-error.ts";
import { authorizedFetch } from "../../http.ts";

/** The scope of the numbers: one video, a playlist's videos, or all videos of the account. */
export type AnalyticsSubject = { kind: "account" } | { kind: "video" | "playlist"; id: string };

export function getAnalytics(
  subject: AnalyticsSubject,
  period: AnalyticsPeriod,
  signal?: AbortSignal,
): Promise<Analytics> {
  const query = { period };
  if (subject.kind === "account") return body(v1.analytics.$get({ query }, abortable(signal)));
  const call = { param: { id: subject.id }, query };
  return subject.kind === "video"
    ? body(v1.videos[":id"].analytics.$get(call, abortable(signal)))
    : body(v1.playlists[":id"].analytics.$get(call, abortable(signal)));
}

function tableAddress(subject: AnalyticsSubject): string {
  if (subject.kind === "account") return "/v1/analytics.csv";
  return `/v1/${subject.kind === "video" ? "videos" : "playlists"}/${subject.id}/analytics.csv`;
}

/** Saves a table as a file. A link would not work, because the request needs a token. @throws ApiError */
export async function saveTable(
  subject: AnalyticsSubject,
  period: AnalyticsPeriod,
  by: AnalyticsTable,
): Promise<void> {
  const query = new URLSearchParams({ period, by });
  const response = await authorizedFetch(`${tableAddress(subject)}?${query}`);
  if (!response.ok) throw await readApiError(response);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `analytics-${period}-${by}.csv`;
  link.click();
  URL.revokeObjectURL(address);
}
