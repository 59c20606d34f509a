import "@uppy/core/css/style.min.css";
import "@uppy/dashboard/css/style.min.css";
import "./upload.css";
import Dashboard from "@uppy/dashboard";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import { getVideo, updateVideo } from "../api.ts";
import { usePageTitle } from "../components/page-title.ts";
import { ApiError } from "../api-error.ts";
import { VideoFields, fieldErrors } from "./video-fields.tsx";
import { SourceLookPanel } from "./source-look-panel.tsx";
import { RequireCreator } from "./require-creator.tsx";
import { titleFromFilename } from "../../workers/domain/title.ts";
import {
  clearDraft,
  EMPTY_DRAFT,
  loadDraft,
  loadDraftFile,
  patchOf,
  saveDraft,
  saveDraftFile,
} from "./upload-draft.ts";
import { currentUpload, uploadSession } from "./upload-session.ts";

/** Upload: the file goes up at once, and meanwhile its maker fills in the programme entry. */
export function Upload() {
  usePageTitle("Upload");
  const file = currentUpload.value?.data;
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>Upload a film</h1>
        </header>
        <div class="upload">
          <div class="upload-file">
            <FilePicker />
            <EncryptionChoice decided={currentUpload.value !== null} />
            {file && <SourceLookPanel file={file} />}
          </div>
          <EntryForm />
        </div>
      </div>
    </RequireCreator>
  );
}

/** Asked before the file: a small one has been uploaded, and its preparation has begun, within a second. */
function EncryptionChoice({ decided }: { decided: boolean }) {
  return (
    <label class="check">
      <input
        type="checkbox"
        disabled={decided}
        onChange={(event) => uploadSession().setMeta({ encrypted: event.currentTarget.checked })}
      />
      Store this film encrypted. It then has no downloads and no DASH. Decide before you choose the
      file.
    </label>
  );
}

/** Uppy's dashboard, mounted for as long as the page is shown; the upload itself outlives it. */
function FilePicker() {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const uppy = uploadSession();
    if (!target.current) return;
    uppy.use(Dashboard, {
      inline: true,
      target: target.current,
      width: "100%",
      height: 420,
      theme:
        document.documentElement.dataset["theme"] === "dark"
          ? "dark"
          : document.documentElement.dataset["theme"] === "light"
            ? "light"
            : "auto",
      proudlyDisplayPoweredByUppy: false,
      disableThumbnailGenerator: true,
      showRemoveButtonAfterComplete: true,
      note: "Any video file. The upload goes on after a reload or a lost network.",
      locale: {
        strings: {
          dropPasteFiles: "Drop a film here or %{browseFiles}",
          browseFiles: "choose a file",
          // Uploads begin by themselves, so this button shows only for one that a reload has interrupted.
          uploadXFiles: { 0: "Resume upload", 1: "Resume uploads" },
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

function EntryForm() {
  const { route } = useLocation();
  const [draft, setDraft] = useState(loadDraft);
  const [published, setPublished] = useState<string | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const suggested = useRef("");
  const upload = currentUpload.value;
  const [leftVideo, setLeftVideo] = useState<string | null>(null);
  const videoId = upload ? upload.videoId : leftVideo;

  useEffect(() => {
    if (!upload) return;
    const title = titleFromFilename(upload.name);
    if (draft.title === suggested.current) setDraft({ ...draft, title });
    suggested.current = title;
  }, [upload?.name]);
  useEffect(() => {
    if (draft !== EMPTY_DRAFT && !published) saveDraft(draft);
  }, [draft, published]);
  useEffect(() => {
    const left = loadDraftFile();
    if (!left) return;
    // Its upload may have been given up, or the film published since or deleted.
    getVideo(left).then(
      ({ state, visibility }) =>
        state !== "uploading" && visibility === "private" && setLeftVideo(left),
      () => undefined,
    );
  }, []);
  useEffect(() => {
    if (upload?.videoId && !published) saveDraftFile(upload.videoId);
  }, [upload?.videoId, published]);
  useEffect(() => {
    // Published and uploaded: nothing is left to do here.
    if (!published || (upload && upload.state !== "done")) return;
    uploadSession().clear();
    route(`/studio/${published}`);
  }, [published, upload?.state]);

  const publish = async (event: Event) => {
    event.preventDefault();
    if (!videoId) return;
    setBusy(true);
    setProblem(null);
    try {
      await updateVideo(videoId, patchOf(draft));
      clearDraft();
      setPublished(videoId);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  if (published) {
    return (
      <section class="upload-done" role="status">
        <h2>Published</h2>
        <p>
          “{draft.title}” opens for its audience as soon as its first part is ready. Keep this tab
          open until the file has arrived.
        </p>
        <a class="button" href={`/studio/${published}`}>
          Follow its progress
        </a>
      </section>
    );
  }
  return (
    <form class="form" onSubmit={(event) => void publish(event)} aria-label="Programme entry">
      <VideoFields
        draft={draft}
        onChange={setDraft}
        errors={problem ? fieldErrors(problem.fields) : {}}
      />
      {problem && (
        <p class="notice notice-bad" role="alert">
          {problem.message}
        </p>
      )}
      <div class="form-actions">
        <button type="submit" class="button button-signal" disabled={busy || !videoId}>
          Publish
        </button>
        <span class="field-hint">
          {!videoId
            ? "Choose a file first; it uploads while you write."
            : upload
              ? "You can change all of this later."
              : "The file has arrived; only its entry is still to be published."}
        </span>
      </div>
    </form>
  );
}
