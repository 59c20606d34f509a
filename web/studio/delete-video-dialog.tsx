import type { Video } from "../../workers/contract/videos.ts";
import { deleteVideo, getRetentionDays } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { useLoad } from "../use-load.ts";
import { offerUndo } from "./deleted-videos.tsx";
import { t } from "../i18n/translate.ts";

interface Props {
  video: Video;
  onDeleted: () => void;
  onCancel: () => void;
}

export function DeleteVideoDialog({ video, onDeleted, onCancel }: Props) {
  const retention = useLoad(getRetentionDays, []);
  return (
    <ConfirmDialog
      title={t("delete.question")}
      action={t("common.delete")}
      onCancel={onCancel}
      onConfirm={async () => {
        await deleteVideo(video.id);
        offerUndo([video]);
        onDeleted();
      }}
    >
      {t("delete.text", { title: video.title })} {consequence(video, retention.data)}
    </ConfirmDialog>
  );
}

/** @param days undefined until the server has answered */
function consequence({ state }: Video, days: number | undefined): string {
  if (state === "uploading") return t("delete.uploading");
  if (days === 0) return t("delete.noBin");
  const time = days === undefined ? t("studio.someTime") : t("studio.days", { count: days });
  return t("delete.restorable", { time });
}
