import "./chapter-list.css";
import { useEffect, useRef } from "preact/hooks";
import type { Chapter } from "../../workers/contract/chapters.ts";
import { clock } from "../format.ts";
import { playFrom } from "../player/element/now-playing.ts";
import { formatTime } from "../player/opening/time-parameter.ts";
import { t } from "../i18n/translate.ts";
import { showCurrent, useCurrentEntry } from "./use-current-entry.ts";

/** The chapters of the video on the page, with the current one marked; a click plays one. */
export function ChapterList({ chapters }: { chapters: readonly Chapter[] }) {
  const current = useCurrentEntry(chapters);
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => showCurrent(list.current), [current]);
  return (
    <section aria-labelledby="chapters">
      <h2 class="section-title" id="chapters">
        {t("watch.chapters")}
      </h2>
      <ol class="chapters" ref={list}>
        {chapters.map(({ start, title }, index) => (
          <li key={start}>
            <a
              href={`?t=${formatTime(Math.floor(start))}`}
              aria-current={index === current ? "true" : undefined}
              onClick={(event) => {
                event.preventDefault();
                playFrom(start);
              }}
            >
              <span class="chapters-time">{clock(start)}</span>
              <span dir="auto">{title}</span>
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}
