import type { SearchResult } from "../../workers/contract/search.ts";
import { Icon } from "../components/icon.tsx";
import { MarkedText } from "../components/marked-text.tsx";
import { VideoCard } from "../components/video-card.tsx";
import { clock } from "../format.ts";
import { t } from "../i18n/translate.ts";

type Hit = SearchResult["items"][number];

interface Props extends Hit {
  isFirst: boolean;
  /** Called when the viewer opens the video, at its start or at a moment. */
  onOpen: () => void;
}

/** A search result: matches are marked, and each moment opens the video at that second. */
export function SearchHit({ video, highlights, moments, isFirst, onOpen }: Props) {
  return (
    <VideoCard
      video={video}
      title={<MarkedText text={video.title} marks={highlights.title} />}
      isFirst={isFirst}
      onOpen={onOpen}
    >
      {highlights.description && (
        <p class="hit-text" dir="auto">
          <MarkedText {...highlights.description} />
        </p>
      )}
      {moments.length > 0 && (
        <ul class="moments" aria-label={t("search.moments", { title: video.title })}>
          {moments.map((moment) => (
            <li key={moment.start}>
              <a
                class="moment"
                href={`/watch/${video.id}?t=${Math.floor(moment.start)}`}
                onClick={onOpen}
              >
                <span class="moment-time">
                  <Icon name="play" size={12} />
                  {clock(moment.start)}
                </span>
                {moment.text && (
                  <q dir="auto">
                    <MarkedText text={moment.text} marks={moment.marks} />
                  </q>
                )}
              </a>
            </li>
          ))}
        </ul>
      )}
    </VideoCard>
  );
}
