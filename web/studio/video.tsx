import "./video.css";
import { useLocation, useRoute } from "preact-iso";
import { useState } from "preact/hooks";
import type { Video } from "../../workers/contract/video.ts";
import { deleteVideo, getVideo, listTasks, retryVideo, updateVideo } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { ProgressBar } from "../components/progress-bar.tsx";
import { ErrorState } from "../components/states.tsx";
import { Poster } from "../components/video-card.tsx";
import { ApiError } from "../api-error.ts";
import { useLoad, usePolling } from "../use-load.ts";
import { Captions } from "./captions.tsx";
import { VideoFields, fieldErrors } from "./video-fields.tsx";
import { PlaybackRulesForm } from "./playback-rules.tsx";
import { PosterChoice } from "./poster-choice.tsx";
import { RequireCreator } from "./require-creator.tsx";
import { Share } from "./share.tsx";
import { isUnderway, StateBadge } from "./state-badge.tsx";
import { Timeline } from "./timeline.tsx";
import { draftOf, patchOf } from "./upload-draft.ts";

/** One film in the studio: where it is on its way, and everything its maker may change. */
export function StudioVideo() {
  const { params } = useRoute();
  return (
    <RequireCreator>
      <Film id={params["id"] ?? ""} key={params["id"]} />
    </RequireCreator>
  );
}

function Film({ id }: { id: string }) {
  const { route } = useLocation();
  const video = useLoad((signal) => getVideo(id, signal), [id]);
  const jobs = useLoad((signal) => listTasks(id, signal), [id]);
  const [deleting, setDeleting] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const underway = video.data !== undefined && isUnderway(video.data.state);
  const refresh = async () => {
    const [film, list] = await Promise.all([getVideo(id), listTasks(id)]);
    video.set(film);
    jobs.set(list);
  };
  // Extras (downloads, a second codec) go on after `ready`.
  const running =
    jobs.data?.some((job) => job.state === "running" || job.state === "queued") ?? false;
  // The choice of downloads reaches the tasks a moment after it is saved.
  const settling =
    video.data?.state === "ready" &&
    video.data.downloadsEnabled !== jobs.data?.some((job) => job.kind === "download");
  usePolling(refresh, underway || running || settling, 1500, [video.data?.state]);
  usePageTitle(video.data?.title);

  if (video.error) {
    return (
      <div class="page">
        <ErrorState error={video.error} onRetry={video.reload} />
      </div>
    );
  }
  if (!video.data) return <div class="page" aria-busy="true" aria-label="Loading the film" />;
  const film = video.data;
  const retry = async () => {
    setProblem(null);
    try {
      await retryVideo(id);
      await refresh();
    } catch (error) {
      setProblem(error instanceof ApiError ? error.message : "This did not work.");
    }
  };
  return (
    <div class="page">
      <header class="page-head">
        <div>
          <p class="label soft">
            <a href="/studio">My videos</a>
          </p>
          <h1>{film.title}</h1>
        </div>
        <StateBadge state={film.state} />
      </header>
      <div class="studio-film">
        <div class="studio-main">
          <section class="studio-state">
            <Poster video={film} eager />
            {film.error && (
              <div class="notice notice-bad" role="alert">
                <p>{film.error.detail}</p>
                <p class="soft">The file you uploaded is kept.</p>
              </div>
            )}
            {isUnderway(film.state) && film.progress !== null && (
              <ProgressBar label="Preparation" ratio={film.progress} />
            )}
            <div class="form-actions">
              {(film.state === "playable" || film.state === "ready") && (
                <a class="button button-signal" href={`/watch/${film.id}`}>
                  Watch
                </a>
              )}
              {film.state === "failed" && (
                <button type="button" class="button button-signal" onClick={() => void retry()}>
                  Try again
                </button>
              )}
              <button type="button" class="button button-danger" onClick={() => setDeleting(true)}>
                Delete
              </button>
            </div>
            {problem && (
              <p class="notice notice-bad" role="alert">
                {problem}
              </p>
            )}
          </section>
          <EditForm key={film.id} video={film} onSaved={video.set} />
        </div>
        <div class="studio-side">
          <Timeline jobs={jobs.data ?? []} loading={jobs.loading && !jobs.data} />
          <Share video={film} />
          <PlaybackRulesForm key={film.id} video={film} onSaved={video.set} />
          <PosterChoice video={film} onChosen={() => void refresh()} />
          <Captions video={film} onChanged={() => void refresh()} />
        </div>
      </div>
      {deleting && (
        <ConfirmDialog
          title="Delete this film?"
          action="Delete"
          onCancel={() => setDeleting(false)}
          onConfirm={async () => {
            await deleteVideo(film.id);
            route("/studio");
          }}
        >
          “{film.title}” and all its files are removed for good. Links to it stop working at once.
        </ConfirmDialog>
      )}
    </div>
  );
}

function EditForm({ video, onSaved }: { video: Video; onSaved: (video: Video) => void }) {
  const [draft, setDraft] = useState(() => draftOf(video));
  const [downloads, setDownloads] = useState(video.downloadsEnabled);
  const [encrypted, setEncrypted] = useState(video.encrypted);
  const undecided = video.state === "uploading" || video.state === "failed";
  const [result, setResult] = useState<"saved" | ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    try {
      const choice = undecided ? { encrypted } : {};
      const patch = { ...patchOf(draft), downloadsEnabled: downloads, ...choice };
      onSaved(await updateVideo(video.id, patch));
      setResult("saved");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setResult(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      class="form"
      aria-label="Programme entry"
      onSubmit={(event) => void save(event)}
      onInput={() => setResult(null)}
    >
      <h2 class="section-title">Programme entry</h2>
      <VideoFields
        draft={draft}
        onChange={setDraft}
        errors={result instanceof ApiError ? fieldErrors(result.fields) : {}}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={downloads}
          disabled={encrypted}
          onChange={(event) => setDownloads(event.currentTarget.checked)}
        />
        Let viewers download this film
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={encrypted}
          disabled={!undecided || downloads}
          onChange={(event) => setEncrypted(event.currentTarget.checked)}
        />
        Store this film encrypted (decided before it is prepared)
      </label>
      {result instanceof ApiError && (
        <p class="notice notice-bad" role="alert">
          {result.message}
        </p>
      )}
      <div class="form-actions">
        <button type="submit" class="button button-signal" disabled={busy}>
          Save
        </button>
        <span role="status">{result === "saved" ? "Saved." : ""}</span>
      </div>
    </form>
  );
}
