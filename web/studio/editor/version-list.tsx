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
  archived: "edit.archived",
  failed: "edit.failed",
};

interface Props {
  id: string;
  list: VersionList;
  onList: (list: VersionList) => void;
}

/** The versions of a video: the current one, the one being encoded, and those to return to, at once or by encoding again. */
export function Versions({ id, list, onList }: Props) {
  const action = useSubmit(async (run: () => Promise<VersionList>) => onList(await run()));
  if (list.items.length === 0) return null;
  const isBusy = action.busy || list.items.some(({ state }) => state === "encoding");
  const archived = list.items.filter(({ state }) => state === "archived");
  const row = (entry: VersionEntry) => (
    <Version
      key={entry.version}
      entry={entry}
      isBusy={isBusy}
      isRemovable={!action.busy}
      onPublish={() => action.run(() => publishVersion(id, entry.version))}
      onDelete={() => action.run(() => deleteVersion(id, entry.version))}
    />
  );
  return (
    <section aria-labelledby="versions">
      <h2 class="section-title" id="versions">
        {t("edit.versions")}
      </h2>
      <FormError error={action.error} />
      <ol class="edit-versions">
        {list.items.filter(({ state }) => state !== "archived").map(row)}
      </ol>
      {archived.length > 0 && (
        <details class="edit-archive">
          <summary>{t("edit.earlier", { count: archived.length })}</summary>
          <p class="soft">{t("edit.earlierExplained")}</p>
          <ol class="edit-versions">{archived.map(row)}</ol>
        </details>
      )}
    </section>
  );
}

interface VersionProps {
  entry: VersionEntry;
  /** Nothing can be shown now. */
  isBusy: boolean;
  isRemovable: boolean;
  onPublish: () => void;
  onDelete: () => void;
}

function Version({ entry, isBusy, isRemovable, onPublish, onDelete }: VersionProps) {
  const { version: number, state, recipe } = entry;
  return (
    <li class="edit-version">
      <VersionText entry={entry} />
      <div class="form-actions">
        {(state === "kept" || state === "archived") && (
          <button type="button" class="button" disabled={isBusy} onClick={onPublish}>
            {t(state === "kept" ? "edit.publish" : "edit.again", { number })}
          </button>
        )}
        {state !== "current" && (recipe || state !== "kept") && (
          <button type="button" class="button" disabled={!isRemovable} onClick={onDelete}>
            {t(state === "encoding" ? "edit.stop" : "edit.remove", { number })}
          </button>
        )}
      </div>
    </li>
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
