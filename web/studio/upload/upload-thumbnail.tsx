import { useEffect, useState } from "preact/hooks";
import { Icon } from "../../components/icon.tsx";
import type { QueueItem } from "./queue-state.ts";
import { inspectInBrowser } from "./source-inspector-browser.ts";

/** A frame of each file as a URL, null where the browser can show none, for as long as the tab lives. */
const frames = new Map<string, string | null>();
/** One file after another: decoders are few, and the upload needs the processor too. */
let last: Promise<unknown> = Promise.resolve();

async function frameOf(key: string, source: File, signal: AbortSignal): Promise<string | null> {
  const turn = last.then(async () => {
    if (signal.aborted || frames.has(key)) return;
    const inspection = await inspectInBrowser(source, signal);
    if (signal.aborted) return;
    const frame = inspection?.frame;
    frames.set(key, frame ? URL.createObjectURL(frame) : null);
  });
  last = turn.catch(() => undefined);
  await turn;
  return frames.get(key) ?? null;
}

/** A frame of the file, or an icon if the browser cannot decode it or does not have it. */
export function UploadThumbnail({ item: { entry, source } }: { item: QueueItem }) {
  const [frame, setFrame] = useState<string | null>(frames.get(entry.key) ?? null);
  useEffect(() => {
    if (!source || frame !== null) return;
    const abort = new AbortController();
    frameOf(entry.key, source, abort.signal).then(
      (url) => !abort.signal.aborted && setFrame(url),
      () => undefined,
    );
    return () => abort.abort();
  }, [source]);
  return (
    <span class="upload-thumbnail">
      {frame === null ? <Icon name="play" /> : <img src={frame} alt="" />}
    </span>
  );
}
