import type { Video } from "../../workers/contract/videos.ts";
import { deleteVideo } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";

interface Props {
  video: Video;
  onDeleted: () => void;
  onCancel: () => void;
}

export function DeleteVideoDialog({ video, onDeleted, onCancel }: Props) {
  return (
    <ConfirmDialog
      title="Delete this video?"
      action="Delete"
      onCancel={onCancel}
      onConfirm={async () => {
        await deleteVideo(video.id);
        onDeleted();
      }}
    >
      “{video.title}” will disappear for everyone, and links to it will stop working. It stays in
      your bin for some time, where the API can restore it.
    </ConfirmDialog>
  );
}
