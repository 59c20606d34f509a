import "./video-table.css";
import type { Video } from "../../workers/contract/videos.ts";
import type { VideoSort } from "../../workers/contract/video-sorts.ts";
import { Poster } from "../components/video-card.tsx";
import { clock, dateOf, wholeNumber } from "../format.ts";
import { fileSize } from "../file-size.ts";
import { t } from "../i18n/translate.ts";
import { SelectAllBox, SelectBox, type SelectProps } from "./select-boxes.tsx";
import { ScheduledBadge, StateBadge } from "./state-badge.tsx";
import { VideoActions, VideoNews } from "./video-facts.tsx";

/** The order after a header's first use, the order after its second, and which of them is ascending. */
interface ColumnOrder {
  first: VideoSort;
  second: VideoSort;
  ascending: VideoSort;
}

const TITLE: ColumnOrder = { first: "title", second: "title-desc", ascending: "title" };
const DATE: ColumnOrder = { first: "newest", second: "oldest", ascending: "oldest" };
const VIEWS: ColumnOrder = { first: "popular", second: "least-viewed", ascending: "least-viewed" };
const LENGTH: ColumnOrder = { first: "longest", second: "shortest", ascending: "shortest" };
const SIZE: ColumnOrder = { first: "largest", second: "smallest", ascending: "smallest" };

/** Shown for a video without this fact yet. */
const NOTHING = "–";

interface Props extends SelectProps {
  /** The order in the address: empty for newest first. */
  sort: string;
  onSort: (sort: string) => void;
  onDelete: (video: Video) => void;
}

/** My videos on a wide screen. */
export function VideoTable({ sort, onSort, onDelete, ...select }: Props) {
  const header = { sort: sort || "newest", onSort };
  return (
    <table class="video-table">
      <caption class="visually-hidden">{t("header.myVideos")}</caption>
      <thead>
        <tr>
          <td class="video-table-box">
            <SelectAllBox {...select} />
          </td>
          <SortHeader {...header} order={TITLE} text={t("details.videoTitle")} span={2} />
          <th scope="col">{t("details.visibility")}</th>
          <th scope="col">{t("list.state")}</th>
          <SortHeader {...header} order={DATE} text={t("list.created")} />
          <SortHeader {...header} order={VIEWS} text={t("list.views")} />
          <SortHeader {...header} order={LENGTH} text={t("list.length")} />
          <SortHeader {...header} order={SIZE} text={t("list.size")} />
          <th scope="col">
            <span class="visually-hidden">{t("list.actions")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {select.shown.map((video) => (
          <Line key={video.id} video={video} {...select} onDelete={() => onDelete(video)} />
        ))}
      </tbody>
    </table>
  );
}

interface HeaderProps {
  order: ColumnOrder;
  text: string;
  sort: string;
  span?: number;
  onSort: (sort: string) => void;
}

function SortHeader({ order, text, sort, span = 1, onSort }: HeaderProps) {
  const isSorted = sort === order.first || sort === order.second;
  const isAscending = sort === order.ascending;
  return (
    <th
      scope="col"
      colSpan={span}
      aria-sort={isSorted ? (isAscending ? "ascending" : "descending") : "none"}
    >
      <button
        type="button"
        class="sort-button"
        onClick={() => onSort(sort === order.first ? order.second : order.first)}
      >
        {text}
        <span class="sort-arrow" aria-hidden="true">
          {isSorted ? (isAscending ? "↑" : "↓") : ""}
        </span>
      </button>
    </th>
  );
}

function Line({
  video,
  onDelete,
  ...select
}: SelectProps & { video: Video; onDelete: () => void }) {
  return (
    <tr
      class={`video-line ${select.selection.has(video.id) ? "video-line-selected" : ""}`}
      data-video-id={video.id}
    >
      <td class="video-table-box">
        <SelectBox video={video} {...select} />
      </td>
      <td class="video-line-poster">
        <a href={`/studio/${video.id}`} tabIndex={-1} aria-hidden="true">
          <Poster video={video} />
        </a>
      </td>
      <th scope="row" class="video-line-title">
        <a href={`/studio/${video.id}`} dir="auto">
          {video.title}
        </a>
        <VideoNews video={video} />
      </th>
      <td>{t(`visibility.${video.visibility}`)}</td>
      <td>
        <StateBadge state={video.state} /> <ScheduledBadge video={video} />
      </td>
      <td>{dateOf(video.createdAt)}</td>
      <td>{wholeNumber(video.views)}</td>
      <td>{video.duration === null ? NOTHING : clock(video.duration)}</td>
      <td>{video.source ? fileSize(video.source.bytes) : NOTHING}</td>
      <td>
        <VideoActions video={video} onDelete={onDelete} />
      </td>
    </tr>
  );
}
