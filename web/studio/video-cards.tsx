import type { Video } from "../../workers/contract/videos.ts";
import { Poster } from "../components/video-card.tsx";
import { dayOf, viewCount } from "../format.ts";
import { fileSize } from "../file-size.ts";
import { t } from "../i18n/translate.ts";
import { SelectAllBox, SelectBox, type SelectProps } from "./select-boxes.tsx";
import { ScheduledBadge, StateBadge } from "./state-badge.tsx";
import { VideoActions, VideoNews } from "./video-facts.tsx";

/** My videos on a narrow screen. */
export function VideoCards({
  onDelete,
  ...select
}: SelectProps & { onDelete: (video: Video) => void }) {
  return (
    <>
      <label class="check video-cards-all">
        <SelectAllBox {...select} />
        {t("list.selectAll")}
      </label>
      <ul class="video-list">
        {select.shown.map((video) => (
          <li class="video-row" key={video.id} data-video-id={video.id}>
            <div class="video-row-poster">
              <span class="video-row-box">
                <SelectBox video={video} {...select} />
              </span>
              <a href={`/studio/${video.id}`} tabIndex={-1} aria-hidden="true">
                <Poster video={video} />
              </a>
            </div>
            <div class="video-row-main">
              <h2 class="video-row-title">
                <a href={`/studio/${video.id}`} dir="auto">
                  {video.title}
                </a>
              </h2>
              <p class="video-row-facts soft">
                <span>{dayOf(video.createdAt)}</span>
                <span>{viewCount(video.views)}</span>
                <span>{t(`visibility.${video.visibility}`)}</span>
                {video.source && <span>{fileSize(video.source.bytes)}</span>}
              </p>
              <VideoNews video={video} />
            </div>
            <div class="video-row-state">
              <StateBadge state={video.state} /> <ScheduledBadge video={video} />
            </div>
            <VideoActions video={video} onDelete={() => onDelete(video)} />
          </li>
        ))}
      </ul>
    </>
  );
}
