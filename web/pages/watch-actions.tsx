import "./watch-actions.css";
import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import type { VideoMarks } from "../../workers/contract/library.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { FormError } from "../components/form-error.tsx";
import { compactNumber } from "../format.ts";
import { Icon, type IconName } from "../components/icon.tsx";
import { changeLike, changeWatchlist, marksOf } from "../library/marks.ts";
import { lazyComponent } from "../lazy-component.ts";
import { openSaveDialog } from "../save-dialog-host.tsx";
import type { PlayableVideo } from "../player/stage/use-playable-video.ts";
import { account } from "../session.ts";
import { useSubmit } from "../use-submit.ts";
import { DownloadDialog } from "./download-dialog.tsx";
import { ShareDialog } from "./share-dialog.tsx";
import { t } from "../i18n/translate.ts";

/** Few viewers need it. */
const ReportDialog = lazyComponent(() =>
  import("./report-dialog.tsx").then((module) => module.ReportDialog),
);

interface Props {
  video: Video;
  playable: Pick<PlayableVideo, "opened" | "keeper" | "marks">;
}

/** The viewer's actions for a video: like, save, add to playlists, download, share. */
export function WatchActions({ video, playable: { opened, keeper, marks: loaded } }: Props) {
  const { route, url } = useLocation();
  const [dialog, setDialog] = useState<"share" | "download" | "report" | null>(null);
  const marks = marksOf(video.id, loaded);
  // A separate submission, because each runs one at a time: a viewer may like and save at once.
  const liking = useSubmit(() => changeLike(video.id, !marks.liked));
  const saving = useSubmit(() => changeWatchlist(video.id, !marks.inWatchlist));
  const close = () => setDialog(null);
  const like = () => {
    if (account.value === null) route(`/sign-in?next=${encodeURIComponent(url)}`);
    else liking.run();
  };
  const playback = opened?.playback;
  return (
    <div class="watch-actions">
      <ul aria-label={t("watch.actions")}>
        <Action
          icon="like"
          label={likeLabel(video, marks, loaded)}
          name={t("watch.like")}
          isPressed={marks.liked}
          onClick={like}
        />
        <Action
          icon="save"
          label={marks.inWatchlist ? t("watch.saved") : t("watch.save")}
          name={t("watch.saveToWatchlist")}
          isPressed={marks.inWatchlist}
          onClick={() => saving.run()}
        />
        <Action icon="playlist" label={t("watch.playlist")} onClick={() => openSaveDialog(video)} />
        {playback && playback.downloads.length > 0 && (
          <Action
            icon="download"
            label={t("watch.download")}
            onClick={() => setDialog("download")}
          />
        )}
        {video.visibility !== "private" && (
          <Action icon="share" label={t("watch.share")} onClick={() => setDialog("share")} />
        )}
        <Action icon="flag" label={t("watch.report")} onClick={() => setDialog("report")} />
      </ul>
      <FormError error={liking.error ?? saving.error} />
      {dialog === "share" && <ShareDialog video={video} onClose={close} />}
      {dialog === "report" && <ReportDialog video={video} onClose={close} />}
      {dialog === "download" && playback && (
        <DownloadDialog playback={playback} keeper={keeper} onClose={close} />
      )}
    </div>
  );
}

/** The number of likes including the viewer's own, which the server counts a little later. */
function likeLabel({ likes }: Video, marks: VideoMarks, loaded: VideoMarks | null): string {
  const changed = Number(marks.liked) - Number(loaded?.liked ?? false);
  const count = Math.max(likes + changed, Number(marks.liked));
  if (count === 0) return t("watch.like");
  return compactNumber(count);
}

interface ActionProps {
  icon: IconName;
  label: string;
  /** The accessible name of a button whose label changes. */
  name?: string;
  /** Label of a button that stays pressed. */
  isPressed?: boolean;
  onClick: () => void;
}

function Action({ icon, label, name, isPressed, onClick }: ActionProps) {
  return (
    <li>
      <button
        type="button"
        class={`watch-action ${isPressed ? "watch-action-on" : ""}`}
        aria-pressed={isPressed}
        aria-label={
          name === undefined || name === label ? undefined : t("watch.named", { name, label })
        }
        onClick={onClick}
      >
        <Icon name={icon} />
        <span>{label}</span>
      </button>
    </li>
  );
}
