import "@uppy/core/css/style.min.css";
import "@uppy/dashboard/css/style.min.css";
import "./upload.css";
import Dashboard from "@uppy/dashboard";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import { titleFromFilename } from "../../workers/domain/titles.ts";
import { getVideo, updateVideo } from "../api.ts";
import { FormError } from "../components/form-error.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { useSubmit } from "../use-submit.ts";
import { VideoFields } from "./video-fields.tsx";
import { SourceInspectorPanel } from "./source-inspector-panel.tsx";
import { RequireCreator } from "./require-creator.tsx";
import {
  clearDraft,
  EMPTY_DRAFT,
  loadDraft,
  loadDraftVideo,
  patchOf,
  saveDraft,
  saveDraftVideo,
} from "./upload-draft.ts";
import { currentUpload, uploadSession } from "./upload-session.ts";
import { t } from "../i18n/translate.ts";

const DASHBOARD_HEIGHT_PIXELS = 420;

/** The file uploads as soon as it is chosen, while the creator fills in the details. */
export function Upload() {
  usePageTitle(t("header.upload"));
  const source = currentUpload.value?.source;
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>{t("upload.title")}</h1>
        </header>
        <div class="upload">
          <div class="upload-file">
            <FilePicker />
            <TranscodingChoices disabled={currentUpload.value !== null} />
            {source && <SourceInspectorPanel source={source} />}
          </div>
          <PublishForm />
        </div>
      </div>
    </RequireCreator>
  );
}

/** Come before the file, because a small file is uploaded and its transcoding started within a second. */
function TranscodingChoices({ disabled }: { disabled: boolean }) {
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          disabled={disabled}
          onChange={(event) =>
            uploadSession().setMeta({ alwaysEncode: event.currentTarget.checked })
          }
        />
        {t("upload.alwaysEncode")}
      </label>
      <label class="check">
        <input
          type="checkbox"
          disabled={disabled}
          onChange={(event) => uploadSession().setMeta({ encrypted: event.currentTarget.checked })}
        />
        {t("upload.encrypt")}
      </label>
    </>
  );
}

function uppyTheme(): "light" | "dark" | "auto" {
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || theme === "light" ? theme : "auto";
}

/** Uppy's dashboard, mounted while the page is shown. The upload itself continues without it. */
function FilePicker() {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const uppy = uploadSession();
    if (!target.current) return;
    uppy.use(Dashboard, {
      inline: true,
      target: target.current,
      width: "100%",
      height: DASHBOARD_HEIGHT_PIXELS,
      theme: uppyTheme(),
      proudlyDisplayPoweredByUppy: false,
      disableThumbnailGenerator: true,
      showRemoveButtonAfterComplete: true,
      note: t("upload.note"),
      locale: {
        strings: {
          dropPasteFiles: t("upload.drop", { browse: "%{browseFiles}" }),
          browseFiles: t("upload.browse"),
          // Uploads start by themselves, so this button appears only after a reload.
          uploadXFiles: { 0: t("upload.resume"), 1: t("upload.resumeAll") },
        },
      },
    });
    return () => {
      const dashboard = uppy.getPlugin("Dashboard");
      if (dashboard) uppy.removePlugin(dashboard);
    };
  }, []);
  return <div class="upload-picker" ref={target} />;
}

function PublishForm() {
  const { route } = useLocation();
  const [draft, setDraft] = useState(loadDraft);
  const [published, setPublished] = useState<string | null>(null);
  const suggestedTitle = useRef("");
  const upload = currentUpload.value;
  const [unpublishedVideo, setUnpublishedVideo] = useState<string | null>(null);
  const videoId = upload ? upload.videoId : unpublishedVideo;

  useEffect(() => {
    if (!upload) return;
    const title = titleFromFilename(upload.name);
    if (draft.title === suggestedTitle.current) setDraft({ ...draft, title });
    suggestedTitle.current = title;
  }, [upload?.name]);
  useEffect(() => {
    if (draft !== EMPTY_DRAFT && !published) saveDraft(draft);
  }, [draft, published]);
  useEffect(() => {
    const draftVideo = loadDraftVideo();
    if (!draftVideo) return;
    // Since the last visit the upload may have been cancelled, and the video published or deleted.
    getVideo(draftVideo).then(
      ({ state, visibility }) =>
        state !== "uploading" && visibility === "private" && setUnpublishedVideo(draftVideo),
      () => undefined,
    );
  }, []);
  useEffect(() => {
    if (upload?.videoId && !published) saveDraftVideo(upload.videoId);
  }, [upload?.videoId, published]);
  useEffect(() => {
    if (!published || (upload && upload.state !== "done")) return;
    uploadSession().clear();
    route(`/studio/${published}`);
  }, [published, upload?.state]);

  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    if (!videoId) return;
    await updateVideo(videoId, patchOf(draft));
    clearDraft();
    setPublished(videoId);
  });

  if (published) {
    return (
      <section class="upload-done" role="status">
        <h2>{t("upload.published")}</h2>
        <p>{t("upload.publishedText", { title: draft.title })}</p>
        <a class="button" href={`/studio/${published}`}>
          {t("upload.viewProgress")}
        </a>
      </section>
    );
  }
  return (
    <form class="form" onSubmit={submit} aria-label={t("details.title")}>
      <VideoFields draft={draft} onChange={setDraft} errors={fieldErrors} />
      <FormError error={error} />
      <div class="form-actions">
        <button type="submit" class="button button-signal" disabled={busy || !videoId}>
          {t("upload.publish")}
        </button>
        <span class="field-hint">
          {!videoId
            ? t("upload.chooseFirst")
            : upload
              ? t("upload.changeLater")
              : t("upload.complete")}
        </span>
      </div>
    </form>
  );
}
