import type { Video } from "../../workers/contract/videos.ts";
import { deleteVideo, getRetentionDays } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { dayCount } from "../format.ts";
import { useLoad } from "../use-load.ts";
import { offerUndo } from "./deleted-video.tsx";

interface Props {
  video: Video;
  onDeleted: () => void;
  onCancel: () => void;
}

export function DeleteVideoDialog({ video, onDeleted, onCancel }: Props) {
  const retention = useLoad(getRetentionDays, []);
  return (
    <ConfirmDialog
      title="Delete this video?"
      action="Delete"
      onCancel={onCancel}
      onConfirm={async () => {
        await deleteVideo(video.id);
        offerUndo(video);
        onDeleted();
      }}
    >
      “{video.title}” will disappear for everyone, and links to it will stop working.{" "}
      {consequence(video, retention.data)}
    </ConfirmDialog>
  );
}

/** @param days undefined until the server has told */
function consequence({ state }: Video, days: number | undefined): string {
  if (state === "uploading") return "Its upload ends. This can’t be undone.";
  if (days === 0) return "This site keeps no deleted videos: this can’t be undone.";
  const time = days === undefined ? "some time" : dayCount(days);
  return `You can restore it from your bin for ${time}.`;
}
