import type { Video } from "../../workers/contract/videos.ts";

const STATES: Record<Video["state"], { text: string; tone: string }> = {
  uploading: { text: "Uploading", tone: "" },
  queued: { text: "Queued", tone: "" },
  processing: { text: "Transcoding", tone: "" },
  playable: { text: "Playable, still transcoding", tone: "badge-signal" },
  ready: { text: "Ready", tone: "badge-good" },
  failed: { text: "Failed", tone: "badge-bad" },
};

export function StateBadge({ state }: { state: Video["state"] }) {
  const { text, tone } = STATES[state];
  return (
    <span class={`badge ${tone}`} data-state={state}>
      {text}
    </span>
  );
}

/** Whether the state still changes by itself. */
export function isInProgress(state: Video["state"]): boolean {
  return state !== "ready" && state !== "failed";
}
