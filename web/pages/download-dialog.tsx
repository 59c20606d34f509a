import "../components/confirm-dialog.css";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Playback } from "../../workers/contract/playback.ts";
import { Downloads } from "./downloads.tsx";
import type { PlaybackTokenKeeper } from "../player/stream/playback-token-keeper.ts";
import { t } from "../i18n/translate.ts";

interface Props {
  playback: Playback;
  keeper: RefObject<PlaybackTokenKeeper>;
  onClose: () => void;
}

/** The files of a video that can be downloaded. */
export function DownloadDialog({ playback, keeper, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="download" onClose={onClose}>
      <h2 id="download">{t("watch.download")}</h2>
      <Downloads playback={playback} keeper={keeper} />
      <form method="dialog" class="form-actions">
        <button class="button">{t("common.close")}</button>
      </form>
    </dialog>
  );
}
