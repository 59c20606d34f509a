import type { Video } from "../../workers/contract/videos.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

export const STATE_TEXTS: Record<Video["state"], { text: PlainKey; tone: string }> = {
  uploading: { text: "state.uploading", tone: "" },
  queued: { text: "state.queued", tone: "" },
  processing: { text: "state.processing", tone: "" },
  playable: { text: "state.playable", tone: "badge-signal" },
  ready: { text: "state.ready", tone: "badge-good" },
  failed: { text: "state.failed", tone: "badge-bad" },
};

export function StateBadge({ state }: { state: Video["state"] }) {
  const { text, tone } = STATE_TEXTS[state];
  return (
    <span class={`badge ${tone}`} data-state={state}>
      {t(text)}
    </span>
  );
}

/** A private video that will be published by its schedule. */
export function ScheduledBadge({ video }: { video: Pick<Video, "publishAt"> }) {
  if (video.publishAt === null) return null;
  return <span class="badge badge-signal">{t("schedule.badge")}</span>;
}

/** Whether the state will still change automatically. */
export function isInProgress(state: Video["state"]): boolean {
  return state !== "ready" && state !== "failed";
}
