import type { Video } from "../../workers/contract/videos.ts";
import { Icon } from "../components/icon.tsx";
import { t } from "../i18n/translate.ts";

/** The results for the selected videos. */
export interface BulkOutcome {
  isDeletion: boolean;
  items: readonly { video: Video; error: { code: string; detail: string } | null }[];
}

/** Says for how many videos an edit worked, and for each of the others why it did not. */
export function BulkResults({ outcome, onClose }: { outcome: BulkOutcome; onClose: () => void }) {
  const { items } = outcome;
  const refused = items.filter(({ error }) => error !== null);
  const done = items.length - refused.length;
  return (
    <section
      class={`notice bulk-results ${refused.length > 0 ? "notice-bad" : "notice-good"}`}
      aria-label={t("bulk.results")}
    >
      <div class="bulk-results-head">
        <p>{t("bulk.done", { done, count: items.length })}</p>
        <button type="button" class="button-plain" aria-label={t("common.close")} onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {refused.length > 0 && (
        <ul>
          {refused.map(({ video, error }) => (
            <li key={video.id}>
              <a href={`/studio/${video.id}`} dir="auto">
                {video.title}
              </a>
              : {error?.detail}
            </li>
          ))}
        </ul>
      )}
      {done > 0 && (
        <details>
          <summary>{t("bulk.showDone", { count: done })}</summary>
          <ul>
            {items
              .filter(({ error }) => error === null)
              .map(({ video }) => (
                <li key={video.id} dir="auto">
                  {video.title}
                </li>
              ))}
          </ul>
        </details>
      )}
    </section>
  );
}
