import type { VersionEntry, VersionList } from "../../../workers/contract/versions.ts";
import { byteSize } from "../../../workers/domain/byte-size.ts";
import { FormError } from "../../components/form-error.tsx";
import { ProgressBar } from "../../components/progress-bar.tsx";
import { clock, momentOf } from "../../format.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";
import { useSubmit } from "../../use-submit.ts";
import { deleteVersion, publishVersion } from "../versions-api.ts";

const STATES: Record<VersionEntry["state"], PlainKey> = {
  encoding: "edit.encoding",
  current: "edit.current",
  kept: "edit.kept",
  failed: "edit.failed",
};

interface Props {
  id: string;
  list: VersionList;
  onList: (list: VersionList) => void;
}

/** The versions of a video: the current one, the one in the making, and the kept ones. */
export function Versions({ id, list, onList }: Props) {
  const action = useSubmit(async (run: () => Promise<VersionList>) => onList(await run()));
  if (list.items.length === 0) return null;
  const isBusy = action.busy || list.items.some(({ state }) => state === "encoding");
  return (
    <section aria-labelledby="versions">
      <h2 class="section-title" id="versions">
        {t("edit.versions")}
      </h2>
      <FormError error={action.error} />
      <ol class="edit-versions">
        {list.items.map((entry) => (
          <li key={entry.version} class="edit-version">
            <VersionText entry={entry} />
            <div class="form-actions">
              {entry.state === "kept" && (
                <button
                  type="button"
                  class="button"
                  disabled={isBusy}
                  onClick={() => action.run(() => publishVersion(id, entry.version))}
                >
                  {t("edit.publish", { number: entry.version })}
                </button>
              )}
              {entry.state !== "current" && (entry.recipe || entry.state !== "kept") && (
                <button
                  type="button"
                  class="button"
                  disabled={action.busy}
                  onClick={() => action.run(() => deleteVersion(id, entry.version))}
                >
                  {t(entry.state === "encoding" ? "edit.stop" : "edit.remove", {
                    number: entry.version,
                  })}
                </button>
              )}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function VersionText({ entry }: { entry: VersionEntry }) {
  const { version, state, recipe, duration, progress, error } = entry;
  const label = t("edit.version", { number: version });
  return (
    <div class="edit-version-text">
      <p>
        <strong>{label}</strong>{" "}
        <span class={`badge ${state === "current" ? "badge-signal" : ""}`}>{t(STATES[state])}</span>
      </p>
      <p class="soft">
        {[
          recipe ? t("edit.edited") : t("edit.whole", { size: byteSize(entry.sourceBytes) }),
          duration === null ? null : clock(duration),
          momentOf(entry.createdAt),
        ]
          .filter((text) => text !== null)
          .join(" · ")}
      </p>
      {progress !== null && <ProgressBar label={label} ratio={progress} />}
      {error && <p class="field-error">{error.detail}</p>}
    </div>
  );
}
