import "../editor/edit.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { fileSize } from "../../file-size.ts";
import { clock } from "../../format.ts";
import { t } from "../../i18n/translate.ts";
import { type EditDraft, editDraftOf, movePoint } from "../editor/edit-draft.ts";
import { EditRows } from "../editor/edit-rows.tsx";
import { copySource, MAX_COPIED_BYTES } from "./copied-source.ts";
import type { QueueItem } from "./queue-state.ts";
import { trimFile } from "./trimmed-file.ts";
import { setPaused } from "./upload-queue.ts";

interface Props {
  item: QueueItem;
  source: File;
  /** Of the whole file, in seconds. */
  duration: number;
  isPlayable: boolean;
  onCancel: () => void;
}

/** Chooses the part of a file that is uploaded. Meanwhile the file is not sent. */
export function TrimForm({ item, source, duration, isPlayable, onCancel }: Props) {
  const { entry } = item;
  const [draft, showDraft] = useState(() => editDraftOf(null, duration));
  const latest = useRef(draft);
  const [second, setSecond] = useState(0);
  const [progress, setProgress] = useState<"choosing" | "working" | "failed">("choosing");
  const form = useRef<HTMLFormElement>(null);
  const life = usePause(entry.key, item.state === "paused");
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const isWhole = draft.start === 0 && draft.end === duration;
  const size = (source.size * (draft.end - draft.start)) / duration;
  const setDraft = (changed: EditDraft) => {
    // The Enter key changes a time and submits the form before it is rendered again.
    latest.current = changed;
    showDraft(changed);
  };
  const trim = (event: Event) => {
    event.preventDefault();
    const wrong = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
    if (wrong) return wrong.focus();
    setProgress("working");
    const part = { from: latest.current.start, to: latest.current.end };
    trimFile(entry, source, part, life.current.signal).catch(() => setProgress("failed"));
  };
  return (
    <form class="form trim-form" aria-label={t("upload.trim")} ref={form} onSubmit={trim}>
      <p class="field-hint">{t("trim.explained")}</p>
      <LocalPreview
        item={item}
        source={source}
        isPlayable={isPlayable}
        onTime={setSecond}
        life={life}
      />
      <EditRows draft={draft} duration={duration} onDraft={setDraft} />
      <div class="form-actions">
        {(["start", "end"] as const).map((point) => (
          <button
            key={point}
            type="button"
            class="button button-small"
            onClick={() => setDraft(movePoint(draft, point, second, duration))}
          >
            {t(point === "start" ? "edit.startHere" : "edit.endHere", {
              time: clock(Math.floor(second)),
            })}
          </button>
        ))}
      </div>
      <p role="status">
        {progress === "working"
          ? t("trim.working")
          : t("trim.size", { size: fileSize(size), whole: fileSize(source.size) })}
      </p>
      {size > MAX_COPIED_BYTES && (
        <p class="field-error">{t("trim.tooLarge", { limit: fileSize(MAX_COPIED_BYTES) })}</p>
      )}
      {progress === "failed" && (
        <p class="field-error" role="alert">
          {t("trim.failed")}
        </p>
      )}
      <div class="form-actions">
        <button
          type="submit"
          class="button"
          disabled={isWhole || size > MAX_COPIED_BYTES || progress === "working"}
        >
          {t("trim.apply")}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t("common.cancel")}
        </button>
      </div>
    </form>
  );
}

/**
 * Pauses an upload while the component is shown.
 * @returns aborted when it is removed
 */
function usePause(key: string, wasPaused: boolean): { current: AbortController } {
  const life = useRef(new AbortController());
  useEffect(() => {
    if (!wasPaused) setPaused(key, true);
    return () => {
      life.current.abort();
      if (!wasPaused) setPaused(key, false);
    };
  }, []);
  return life;
}

interface PreviewProps {
  item: QueueItem;
  source: File;
  isPlayable: boolean;
  /** @param second where it is now */
  onTime: (second: number) => void;
  life: { current: AbortController };
}

/** Plays the file. One that the browser cannot read is copied into a container that it may be able to read. */
function LocalPreview({ item, source, isPlayable, onTime, life }: PreviewProps) {
  const { name, contentType } = item.entry;
  const [file, setFile] = useState<File | null>(isPlayable ? source : null);
  const [state, setState] = useState<"offered" | "preparing" | "failed">("offered");
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!file) return undefined;
    const address = URL.createObjectURL(file);
    setUrl(address);
    return () => URL.revokeObjectURL(address);
  }, [file]);
  const fail = () => {
    setFile(null);
    setUrl(null);
    setState("failed");
  };
  const prepare = () => {
    setState("preparing");
    copySource(source, { name, contentType, part: null }, life.current.signal).then(setFile, fail);
  };
  if (url !== null)
    return (
      <video
        class="trim-preview"
        src={url}
        controls
        playsInline
        aria-label={t("trim.preview")}
        onTimeUpdate={(event) => onTime(event.currentTarget.currentTime)}
        onError={fail}
      />
    );
  if (state === "failed" || source.size > MAX_COPIED_BYTES)
    return <p class="field-hint">{t("trim.noPreview")}</p>;
  if (state === "preparing") return <p role="status">{t("trim.preparing")}</p>;
  return (
    <div class="form-actions">
      <span class="field-hint">{t("trim.unplayable")}</span>
      <button type="button" class="button button-small" onClick={prepare}>
        {t("trim.prepare")}
      </button>
    </div>
  );
}
