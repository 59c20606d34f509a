import { useLocation } from "preact-iso";
import type { CaptionTrack } from "../../../workers/contract/captions.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { FormError } from "../../components/form-error.tsx";
import { ErrorState } from "../../components/states.tsx";
import { t } from "../../i18n/translate.ts";
import { lazyComponent } from "../../lazy-component.ts";
import { useLoad, usePolling } from "../../use-load.ts";
import { useSubmit } from "../../use-submit.ts";
import { AddCaptions } from "./add-captions.tsx";
import { AutomaticTracks } from "./automatic-tracks.tsx";
import { deleteTrack, listCaptionTracks, readTrack, type TrackKey } from "./captions-api.ts";
import { CAPTION_KINDS, captionName } from "./caption-name.ts";

const CaptionEditor = lazyComponent(() =>
  import("./caption-editor.tsx").then((module) => module.CaptionEditor),
);

const POLL_INTERVAL_MS = 3000;

/** The track in the address, such as `?edit=en.forced`; null if the list is shown. */
function editedTrack(query: Record<string, string>): TrackKey | null {
  const [, language, kind] = /^([A-Za-z0-9-]{2,35})\.(\w+)$/.exec(query["edit"] ?? "") ?? [];
  const known = CAPTION_KINDS.find((one) => one === kind);
  return language && known ? { language, kind: known } : null;
}

interface Props {
  video: Video;
  /** Called when the video's tasks or captions have changed. */
  onChanged: () => void;
}

/** The caption tracks of a video, and the editor of one of them. */
export function CaptionsTab({ video, onChanged }: Props) {
  const { path, query, route } = useLocation();
  const loaded = useLoad((signal) => listCaptionTracks(video.id, signal), [video.id]);
  const edited = editedTrack(query);
  const isTranscribing = loaded.data?.isTranscribing ?? false;
  usePolling(
    async () => {
      const tracks = await listCaptionTracks(video.id);
      loaded.set(tracks);
      if (!tracks.isTranscribing) onChanged();
    },
    isTranscribing,
    POLL_INTERVAL_MS,
  );
  const changed = () => {
    loaded.reload();
    onChanged();
  };
  const edit = (track: TrackKey) => route(`${path}?edit=${track.language}.${track.kind}`);

  if (loaded.error) return <ErrorState heading="h2" error={loaded.error} onRetry={loaded.reload} />;
  if (!loaded.data)
    return <div role="status" aria-busy="true" aria-label={t("common.loadingVideo")} />;
  const { items } = loaded.data;
  if (edited) {
    const stored = items.find(
      ({ language, kind }) => language === edited.language && kind === edited.kind,
    );
    return (
      <section aria-labelledby="captions">
        <h2 class="section-title" id="captions">
          {captionName(stored ?? edited)}
        </h2>
        <p>
          <a href={path}>{t("captionEditor.back")}</a>
        </p>
        {stored?.origin === "automatic" && <p class="soft">{t("captionEditor.becomesYours")}</p>}
        <CaptionEditor
          key={query["edit"]}
          video={video}
          track={edited}
          stored={stored}
          onSaved={changed}
        />
      </section>
    );
  }
  return (
    <section aria-labelledby="captions">
      <h2 class="section-title" id="captions">
        {t("captions.title")}
      </h2>
      {items.length === 0 && <p class="soft">{t("captions.none")}</p>}
      <ul class="lines">
        {items.map((track) => (
          <TrackLine
            key={`${track.language} ${track.kind}`}
            video={video}
            track={track}
            onEdit={() => edit(track)}
            onChanged={changed}
          />
        ))}
      </ul>
      <AutomaticTracks video={video} tracks={loaded.data} onChanged={changed} />
      <AddCaptions video={video} onAdded={changed} onWrite={edit} />
    </section>
  );
}

interface LineProps {
  video: Video;
  track: CaptionTrack;
  onEdit: () => void;
  onChanged: () => void;
}

function TrackLine({ video, track, onEdit, onChanged }: LineProps) {
  const name = captionName(track);
  const removing = useSubmit(async () => {
    await deleteTrack(video.id, track);
    onChanged();
  });
  const saving = useSubmit(async (format: "vtt" | "srt") => {
    const file = new Blob([await readTrack(video.id, track, format)]);
    saveFile(
      file,
      `${track.language}${track.kind === "subtitles" ? "" : `.${track.kind}`}.${format}`,
    );
  });
  return (
    <li class="line caption-line">
      <span>
        {name} <span class="soft">{t("captions.count", { count: track.cues })}</span>
      </span>
      <span class="form-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={t("captions.editTrack", { name })}
          onClick={onEdit}
        >
          {t("captions.edit")}
        </button>
        {(["vtt", "srt"] as const).map((format) => (
          <button
            key={format}
            type="button"
            class="button button-small"
            aria-label={t("captions.downloadTrack", { name, format: format.toUpperCase() })}
            disabled={saving.busy}
            onClick={() => saving.run(format)}
          >
            {format.toUpperCase()}
          </button>
        ))}
        <button
          type="button"
          class="button button-small button-danger"
          aria-label={t("captions.removeLanguage", { language: name })}
          disabled={removing.busy}
          onClick={() => removing.run()}
        >
          {t("common.remove")}
        </button>
      </span>
      <FormError error={removing.error ?? saving.error} />
    </li>
  );
}

/** Saves a file. */
function saveFile(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The download has its own reference by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
