import "./library.css";
import type { Playlist } from "../../workers/contract/playlists.ts";
import { CARD_SIZES, posterSources } from "../poster-sources.ts";
import { VISIBILITY_NAMES } from "./playlist-names.ts";
import { t } from "../i18n/translate.ts";

/** A playlist in a list: the poster of its first video, title, and how many videos it has. */
export function PlaylistCard({ playlist }: { playlist: Playlist }) {
  const { id, title, kind, poster, visibility, videoCount: count } = playlist;
  return (
    <a class="playlist-card" href={`/playlist/${id}`}>
      <span class="playlist-card-cover">
        {poster && (
          <img
            {...posterSources(poster, CARD_SIZES)}
            alt=""
            width={640}
            height={360}
            loading="lazy"
          />
        )}
        <span class="card-duration">{t("search.total", { count })}</span>
      </span>
      <span>
        <strong dir="auto">{title}</strong>
        <span class="card-facts soft">
          <span>{kind === "series" ? t("library.series") : t("library.playlist")}</span>
          <span>{t(VISIBILITY_NAMES[visibility])}</span>
        </span>
      </span>
    </a>
  );
}
