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
      “{video.title}” and all its files will be permanently deleted. Links to it will stop working.
    </ConfirmDialog>
  );
}
