import type { Video } from "../../workers/contract/video.ts";

const STATES: Record<Video["state"], { text: string; tone: string }> = {
  uploading: { text: "Uploading", tone: "" },
  queued: { text: "In the queue", tone: "" },
  processing: { text: "Preparing", tone: "" },
  playable: { text: "Playable, still preparing", tone: "badge-signal" },
  ready: { text: "Ready", tone: "badge-good" },
  failed: { text: "Failed", tone: "badge-bad" },
};

/** Where a film is on its way, in words. */
export function StateBadge({ state }: { state: Video["state"] }) {
  const { text, tone } = STATES[state];
  return (
    <span class={`badge ${tone}`} data-state={state}>
      {text}
    </span>
  );
}

/** True while the state will change by itself. */
export const isUnderway = (state: Video["state"]): boolean =>
  state !== "ready" && state !== "failed";
