import type { VideoFile } from "../../workers/contract/video-files.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { byteSize } from "../../workers/domain/byte-size.ts";
import { abortable, body, v1 } from "../api-call.ts";
import { FormError } from "../components/form-error.tsx";
import { languageName, listOf } from "../format.ts";
import { t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";

const listFiles = (id: string, signal: AbortSignal) =>
  body(v1.videos[":id"].files.$get({ param: { id } }, abortable(signal)));

/** The files that a creator can download: the uploaded file, and files made from it. */
export function VideoFiles({ video }: { video: Video }) {
  const { id, state, encrypted } = video;
  const files = useLoad((signal) => listFiles(id, signal), [id, state]);
  return (
    <section aria-labelledby="files">
      <h2 class="section-title" id="files">
        {t("files.title")}
      </h2>
      <p class="soft">{t(encrypted ? "files.encrypted" : "files.text")}</p>
      {files.data?.items.length === 0 && <p class="soft">{t("files.none")}</p>}
      <ul class="lines">
        {files.data?.items.map((file) => (
          <li class="line" key={file.id}>
            <span>
              <strong>{kindOf(file)}</strong> <span class="soft">{detailsOf(file)}</span>
            </span>
            <a
              class="button button-small"
              href={file.url}
              download={file.name}
              aria-label={t("files.downloadName", { name: `${kindOf(file)}, ${file.name}` })}
            >
              {t("files.download")}
            </a>
          </li>
        ))}
      </ul>
      <FormError error={files.error ?? null} />
    </section>
  );
}

function kindOf({ kind, height, codec }: VideoFile): string {
  if (kind === "source") return t("files.source");
  if (kind === "download") return t("files.whole");
  return height === null
    ? t("files.audio", { codec: (codec ?? "").toUpperCase() })
    : t("files.video", { height, codec: (codec ?? "").toUpperCase() });
}

function detailsOf({ name, bytes, language }: VideoFile): string {
  const extension = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toUpperCase() : "";
  const parts = [extension, language === null ? "" : languageName(language), byteSize(bytes)];
  return listOf(parts.filter(Boolean));
}
