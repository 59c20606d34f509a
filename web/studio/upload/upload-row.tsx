import { useEffect, useRef, useState } from "preact/hooks";
import { ConfirmDialog } from "../../components/confirm-dialog.tsx";
import { ProgressBar } from "../../components/progress-bar.tsx";
import { runningTime } from "../../format.ts";
import { fileSize } from "../../file-size.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";
import {
  expanded,
  isMoving,
  isOnline,
  isSending,
  type QueueItem,
  sentBytes,
  transfers,
  type UploadState,
} from "./queue-state.ts";
import { secondsLeft } from "./transfer-rate.ts";
import { SameContent } from "./same-content.tsx";
import { takesFocus } from "./trimmed-file.ts";
import { UploadDetails } from "./upload-details.tsx";
import { move, remove, retry, setPaused } from "./upload-queue.ts";
import { UploadThumbnail } from "./upload-thumbnail.tsx";

const STATES: Record<UploadState, PlainKey> = {
  waiting: "upload.stateWaiting",
  elsewhere: "upload.stateElsewhere",
  uploading: "upload.stateUploading",
  reading: "upload.stateReading",
  paused: "upload.statePaused",
  failed: "upload.stateFailed",
  missing: "upload.stateMissing",
  uploaded: "upload.stateUploaded",
};

interface Props {
  item: QueueItem;
  isFirst: boolean;
  isLast: boolean;
}

/** One file of the queue, with its details below. */
export function UploadRow({ item, isFirst, isLast }: Props) {
  const { entry, state, error } = item;
  const { key, name } = entry;
  const isOpen = expanded.value.has(key);
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (takesFocus(key)) row.current?.querySelector("button")?.focus();
  }, []);
  useEffect(() => {
    if (Object.keys(item.fieldErrors).length === 0) return;
    setOpen(key, true);
    // The fields exist after the next rendering.
    const frame = requestAnimationFrame(() =>
      row.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus(),
    );
    return () => cancelAnimationFrame(frame);
  }, [item.fieldErrors]);
  return (
    <li class="upload-row" ref={row} data-state={state}>
      <div class="upload-row-head">
        <UploadThumbnail item={item} />
        <div class="upload-row-main">
          <h2 class="upload-row-name" dir="auto">
            {name}
          </h2>
          <Facts item={item} />
          {isMoving(item) && entry.size > 0 && (
            <ProgressBar
              label={t("upload.progressOf", { name })}
              ratio={sentBytes(item) / entry.size}
            />
          )}
          {error && (
            <p class="field-error" role="alert">
              {error}
            </p>
          )}
        </div>
        <div class="upload-row-actions">
          <RowActions item={item} isOpen={isOpen} isFirst={isFirst} isLast={isLast} />
        </div>
      </div>
      {entry.isUploaded && entry.videoId !== null && !entry.isAgain && (
        <SameContent videoId={entry.videoId} />
      )}
      {isOpen && entry.publication === "draft" && <UploadDetails item={item} />}
    </li>
  );
}

function setOpen(key: string, isOpen: boolean): void {
  const keys = new Set(expanded.value);
  if (isOpen) keys.add(key);
  else keys.delete(key);
  expanded.value = keys;
}

/** Size, state, speed and time left. */
function Facts({ item }: { item: QueueItem }) {
  const { entry, state } = item;
  const transfer = transfers.value.get(entry.key);
  const sent = sentBytes(item);
  const size = entry.size > 0 ? fileSize(entry.size) : null;
  const rate = state === "uploading" || state === "reading" ? (transfer?.rate ?? null) : null;
  const left = size ? secondsLeft(entry.size - sent, rate) : null;
  const isOffline = isSending(item) && state !== "paused" && !isOnline.value;
  return (
    <p class="upload-facts soft">
      {sent > 0 && isMoving(item) ? (
        <span>{size ? t("upload.sentOf", { sent: fileSize(sent), size }) : fileSize(sent)}</span>
      ) : (
        size && <span>{size}</span>
      )}
      <span class="upload-state">{isOffline ? t("upload.willContinue") : t(STATES[state])}</span>
      {rate !== null && <span>{t("upload.rate", { size: fileSize(rate) })}</span>}
      {left !== null && <span>{t("upload.timeLeft", { time: runningTime(left) })}</span>}
      {entry.publication !== "draft" && (
        <span class="badge badge-good">
          {entry.publication === "published" ? t("upload.published") : t("upload.publishing")}
        </span>
      )}
    </p>
  );
}

interface ActionsProps extends Props {
  isOpen: boolean;
}

function RowActions({ item, isOpen, isFirst, isLast }: ActionsProps) {
  const { entry, state } = item;
  const { key, name } = entry;
  const [isRemoving, setRemoving] = useState(false);
  const isDone = state === "uploaded" && entry.publication === "published";
  return (
    <>
      {entry.publication === "draft" && (
        <button
          type="button"
          class="button button-small"
          aria-expanded={isOpen}
          aria-label={t("upload.detailsOf", { name })}
          onClick={() => setOpen(key, !isOpen)}
        >
          {t("details.title")}
        </button>
      )}
      {entry.publication === "published" && entry.videoId !== null && (
        <a class="button button-small" href={`/studio/${entry.videoId}/processing`}>
          {t("upload.viewProgress")}
        </a>
      )}
      {state === "paused" && (
        <Action
          label={t("upload.resume")}
          of={t("upload.resumeOf", { name })}
          run={() => setPaused(key, false)}
        />
      )}
      {(state === "uploading" || (state === "waiting" && entry.link === undefined)) && (
        <Action
          label={t("upload.pause")}
          of={t("upload.pauseOf", { name })}
          run={() => setPaused(key, true)}
        />
      )}
      {state === "failed" && item.canRetry && (
        <Action
          label={t("common.tryAgain")}
          of={t("upload.retryOf", { name })}
          run={() => retry(key)}
        />
      )}
      {!(isFirst && isLast) && (
        <OrderButtons entryKey={key} name={name} isFirst={isFirst} isLast={isLast} />
      )}
      {!isDone && (
        <Action
          label={t("common.remove")}
          of={t("upload.removeOf", { name })}
          run={() => (entry.uploadId === null ? remove(key) : setRemoving(true))}
        />
      )}
      {isRemoving && (
        <ConfirmDialog
          title={t("upload.removeQuestion")}
          action={t("common.remove")}
          onCancel={() => setRemoving(false)}
          onConfirm={async () => remove(key)}
        >
          <p>
            {entry.isUploaded
              ? t("upload.removeUploaded", { name })
              : t("upload.removeUnfinished", { name })}
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

interface OrderProps {
  entryKey: string;
  name: string;
  isFirst: boolean;
  isLast: boolean;
}

/** Buttons that move the row and keep the focus with it. */
function OrderButtons({ entryKey, name, isFirst, isLast }: OrderProps) {
  const up = useRef<HTMLButtonElement>(null);
  const down = useRef<HTMLButtonElement>(null);
  const moveBy = (by: -1 | 1) => {
    move(entryKey, by);
    requestAnimationFrame(() => {
      const [wanted, other] = by < 0 ? [up, down] : [down, up];
      (wanted.current?.disabled ? other : wanted).current?.focus();
    });
  };
  return (
    <>
      <button
        type="button"
        class="button button-small"
        ref={up}
        disabled={isFirst}
        aria-label={t("upload.upOf", { name })}
        onClick={() => moveBy(-1)}
      >
        {t("upload.up")}
      </button>
      <button
        type="button"
        class="button button-small"
        ref={down}
        disabled={isLast}
        aria-label={t("upload.downOf", { name })}
        onClick={() => moveBy(1)}
      >
        {t("upload.down")}
      </button>
    </>
  );
}

/** @param of names the file for screen reader users */
function Action({ label, of, run }: { label: string; of: string; run: () => void }) {
  return (
    <button type="button" class="button button-small" aria-label={of} onClick={run}>
      {label}
    </button>
  );
}
