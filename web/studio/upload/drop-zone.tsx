import { getDroppedFiles } from "@uppy/core/utils";
import { useEffect, useState } from "preact/hooks";
import { AUDIO_EXTENSIONS, VIDEO_EXTENSIONS } from "../../../workers/domain/uploads.ts";
import { Icon } from "../../components/icon.tsx";
import { t } from "../../i18n/translate.ts";
import { LinkForm } from "./link-form.tsx";
import { linksIn } from "./link-upload.ts";
import { addFiles } from "./open-queue.ts";

/** Used only by the file picker: files of other types that are chosen anyway are judged by their bytes. */
const ACCEPTED = ["video/*", "audio/*", ...VIDEO_EXTENSIONS, ...AUDIO_EXTENSIONS].join(",");

const hasFiles = (data: DataTransfer | null): data is DataTransfer =>
  data?.types.includes("Files") ?? false;

const isInField = ({ target }: Event): boolean =>
  target instanceof HTMLElement && target.closest("input, textarea, select") !== null;

/** The links of a text that has nothing else, one per line; null for every other text. */
function onlyLinks(data: DataTransfer | null): string | null {
  const { links, others } = linksIn(data?.getData("text/plain") ?? "");
  return links.length > 0 && others.length === 0 ? links.join("\n") : null;
}

/** Takes files, folders and lists of links that are chosen, dropped anywhere on the page, or pasted. */
export function DropZone() {
  const [isOver, setOver] = useState(false);
  /** Null while links are not asked for. */
  const [linkText, setLinkText] = useState<string | null>(null);
  useEffect(() => {
    const ended = new AbortController();
    const { signal } = ended;
    const takeLinks = (data: DataTransfer | null) => {
      const links = onlyLinks(data);
      if (links !== null) setLinkText((text) => `${text?.trim() ? `${text}\n` : ""}${links}`);
    };
    addEventListener(
      "dragover",
      (event) => {
        const isText = event.dataTransfer?.types.includes("text/plain") && !isInField(event);
        if (!event.dataTransfer || (!hasFiles(event.dataTransfer) && !isText)) return;
        // Otherwise the browser would open the file or the link.
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
        if (hasFiles(event.dataTransfer)) {
          event.preventDefault();
          void getDroppedFiles(event.dataTransfer).then(addFiles);
        } else if (!isInField(event)) {
          event.preventDefault();
          takeLinks(event.dataTransfer);
        }
      },
      { signal },
    );
    addEventListener(
      "paste",
      (event) => {
        const { clipboardData } = event;
        if (hasFiles(clipboardData)) void getDroppedFiles(clipboardData).then(addFiles);
        else if (!isInField(event)) takeLinks(clipboardData);
      },
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
          aria-expanded={linkText !== null}
          onClick={() => setLinkText(linkText === null ? "" : null)}
        >
          {t("upload.fromLink")}
        </button>
      </div>
      {linkText !== null && (
        <LinkForm text={linkText} onText={setLinkText} onDone={() => setLinkText(null)} />
      )}
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
