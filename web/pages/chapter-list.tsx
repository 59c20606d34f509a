import "./chapter-list.css";
import type { Chapter } from "../../workers/contract/chapters.ts";
import { clock } from "../format.ts";
import { playFrom } from "../player/element/now-playing.ts";
import { formatTime } from "../player/opening/time-parameter.ts";
import { t } from "../i18n/translate.ts";

/** The chapters of the video on the page; a click plays one. */
export function ChapterList({ chapters }: { chapters: readonly Chapter[] }) {
  return (
    <section aria-labelledby="chapters">
      <h2 class="section-title" id="chapters">
        {t("watch.chapters")}
      </h2>
      <ol class="chapters">
        {chapters.map(({ start, title }) => (
          <li key={start}>
            <a
              href={`?t=${formatTime(Math.floor(start))}`}
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
