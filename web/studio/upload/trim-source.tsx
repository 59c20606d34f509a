import { useEffect, useRef, useState } from "preact/hooks";
import { withMessages } from "../../i18n/load-messages.ts";
import { t } from "../../i18n/translate.ts";
import { lazyComponent } from "../../lazy-component.ts";
import type { QueueItem } from "./queue-state.ts";

const TrimForm = lazyComponent(() =>
  withMessages("editor", import("./trim-form.tsx")).then((module) => module.TrimForm),
);

/** Shorter files cannot be trimmed. */
const MIN_TRIMMED_SECONDS = 2;

interface Props {
  item: QueueItem;
  source: File;
  durationSeconds: number | null;
  isPlayable: boolean;
}

/** Offers to upload only a part of a file. */
export function TrimSource({ item, source, durationSeconds, isPlayable }: Props) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const isCancelled = useRef(false);
  useEffect(() => {
    if (isCancelled.current) button.current?.focus();
    isCancelled.current = false;
  }, [isOpen]);
  if (durationSeconds === null || durationSeconds < MIN_TRIMMED_SECONDS) return null;
  if (item.entry.isUploaded || item.state === "elsewhere") return null;
  if (!isOpen)
    return (
      <button type="button" class="button button-small" ref={button} onClick={() => setOpen(true)}>
        {t("upload.trim")}
      </button>
    );
  return (
    <TrimForm
      item={item}
      source={source}
      duration={durationSeconds}
      isPlayable={isPlayable}
      onCancel={() => {
        isCancelled.current = true;
        setOpen(false);
      }}
    />
  );
}
