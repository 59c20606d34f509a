import "./playlist-panel.css";
import { useEffect, useRef } from "preact/hooks";
import { clock } from "../format.ts";
import type { PlaylistItem, PlaylistPage } from "../../workers/contract/playlists.ts";
import { getPlaylist } from "../api.ts";
import { titleOf } from "../components/creator-link.tsx";
import { addressIn } from "../library/playlist-names.ts";
import { useLoad } from "../use-load.ts";
import { t } from "../i18n/translate.ts";
import { showCurrent } from "./use-current-entry.ts";

export interface PlayingList {
  playlist: PlaylistPage;
  /** The video that follows; undefined after the last one. */
  next: PlaylistItem | undefined;
  /** The video before; undefined for the first one. */
  previous: PlaylistItem | undefined;
}

/**
 * The playlist in which a video is watched: from the address, or the series that it is an episode of.
 * @param mayLoad false while more important things load
 * @returns null without one, or if the viewer may not see it; `pending` until it is loaded
 */
export function usePlayingList(
  videoId: string,
  listId: string | null | undefined,
  mayLoad: boolean,
): PlayingList | null | "pending" {
  const wanted = mayLoad ? listId : null;
  const loaded = useLoad(
    async (signal) => (wanted ? getPlaylist(wanted, { at: videoId }, signal) : null),
    [wanted, videoId],
    "playing list",
  );
  const playlist = loaded.data;
  if (!listId || loaded.error) return null;
  if (playlist?.id !== listId) return "pending";
  const index = playlist.items.findIndex(({ video }) => video.id === videoId);
  const neighbour = (step: number) => (index === -1 ? undefined : playlist.items[index + step]);
  return { playlist, next: neighbour(1), previous: neighbour(-1) };
}

/** The videos of the current playlist, next to the player. */
export function PlaylistPanel({ list, videoId }: { list: PlayingList; videoId: string }) {
  const { playlist } = list;
  const isSeries = playlist.kind === "series";
  const rows = useRef<HTMLOListElement>(null);
  useEffect(() => showCurrent(rows.current), [playlist, videoId]);
  return (
    <section class="playing-list" aria-labelledby="playing-list">
      <h2 class="section-title" id="playing-list">
        <a href={`/playlist/${playlist.id}`} dir="auto">
          {playlist.title}
        </a>
      </h2>
      <ol ref={rows}>
        {playlist.items.map(({ video, season, episode }) => (
          <li key={video.id}>
            <a
              href={addressIn(playlist.id, video.id)}
              aria-current={video.id === videoId ? "true" : undefined}
            >
              <span class="playing-list-number soft">
                {isSeries ? t("watch.episode", { season, episode }) : episode}
              </span>
              <span dir="auto">{titleOf(video)}</span>
              {video.duration !== null && <span class="soft">{clock(video.duration)}</span>}
            </a>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** On small screens, where the panel is far below: the next video of the playlist, or after the last one the playlist. */
export function NextInList({ list }: { list: PlayingList | "pending" }) {
  // Its space is reserved while it loads.
  if (list === "pending") return <p class="next-in-list" />;
  const { playlist, next } = list;
  return (
    <p class="next-in-list">
      {next ? (
        <a href={addressIn(playlist.id, next.video.id)}>
          <span class="label soft">
            {playlist.kind === "series" ? t("watch.nextEpisode") : t("watch.nextInPlaylist")}
          </span>{" "}
          <strong dir="auto">{titleOf(next.video)}</strong>
        </a>
      ) : (
        <a href={`/playlist/${playlist.id}`}>
          <span class="label soft">{t("watch.partOf")}</span>{" "}
          <strong dir="auto">{playlist.title}</strong>
        </a>
      )}
    </p>
  );
}
