import { getDroppedFiles } from "@uppy/core/utils";
import { useEffect, useState } from "preact/hooks";
import { AUDIO_EXTENSIONS, VIDEO_EXTENSIONS } from "../../../workers/domain/uploads.ts";
import { Icon } from "../../components/icon.tsx";
import { t } from "../../i18n/translate.ts";
import { LinkForm } from "./link-form.tsx";
import { addFiles } from "./open-queue.ts";

/** Used only by the file picker: files of other types that are chosen anyway are judged by their bytes. */
const ACCEPTED = ["video/*", "audio/*", ...VIDEO_EXTENSIONS, ...AUDIO_EXTENSIONS].join(",");

const hasFiles = (data: DataTransfer | null): data is DataTransfer =>
  data?.types.includes("Files") ?? false;

/** Takes files and folders that are chosen, dropped anywhere on the page, or pasted. */
export function DropZone() {
  const [isOver, setOver] = useState(false);
  const [isLinking, setLinking] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    addEventListener(
      "dragover",
      (event) => {
        if (!hasFiles(event.dataTransfer)) return;
        // Otherwise the browser would open the file.
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
        setOver(true);
      },
      { signal },
    );
    addEventListener("dragleave", (event) => event.relatedTarget === null && setOver(false), {
      signal,
    });
    addEventListener(
      "drop",
      (event) => {
        setOver(false);
        if (!hasFiles(event.dataTransfer)) return;
        event.preventDefault();
        void getDroppedFiles(event.dataTransfer).then(addFiles);
      },
      { signal },
    );
    addEventListener(
      "paste",
      ({ clipboardData }) =>
        hasFiles(clipboardData) && void getDroppedFiles(clipboardData).then(addFiles),
      { signal },
    );
    return () => ended.abort();
  }, []);

  return (
    <section
      class={`upload-drop ${isOver ? "upload-drop-over" : ""}`}
      aria-label={t("upload.choose")}
    >
      <Icon name="upload" size={32} />
      <p class="upload-drop-title">{t("upload.drop")}</p>
      <div class="form-actions">
        <FileButton label={t("upload.browse")} accept={ACCEPTED} />
        <FileButton label={t("upload.browseFolder")} isFolder />
        <button
          type="button"
          class="button"
          aria-expanded={isLinking}
          onClick={() => setLinking(!isLinking)}
        >
          {t("upload.fromLink")}
        </button>
      </div>
      {isLinking && <LinkForm onDone={() => setLinking(false)} />}
      <p class="field-hint">{t("upload.note")}</p>
    </section>
  );
}

/** A file input that looks like the other buttons. */
function FileButton(props: { label: string; accept?: string; isFolder?: boolean }) {
  const { label, accept, isFolder = false } = props;
  return (
    <label class={`button ${isFolder ? "upload-folder" : "button-signal"}`}>
      {label}
      <input
        type="file"
        class="visually-hidden"
        multiple
        accept={accept}
        {...(isFolder && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          addFiles([...(currentTarget.files ?? [])]);
          // Choosing the same file again is a change, too.
          currentTarget.value = "";
        }}
      />
    </label>
  );
}
