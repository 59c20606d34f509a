import { useState } from "preact/hooks";
import type { Playlist } from "../../workers/contract/playlists.ts";
import { PlaylistCard } from "../library/playlist-card.tsx";
import { seriesFirst } from "../library/playlist-order.ts";
import { t } from "../i18n/translate.ts";

/** Two rows on a laptop; more are loaded on demand. */
const MAX_SHOWN = 8;

/** The public series and playlists of a creator, the series first. */
export function CreatorPlaylists({ playlists }: { playlists: Playlist[] }) {
  const [showsAll, setShowsAll] = useState(false);
  if (playlists.length === 0) return null;
  const sorted = seriesFirst(playlists);
  return (
    <section aria-labelledby="playlists" class="creator-playlists">
      <h2 class="section-title" id="playlists">
        {t("creator.playlists")}
      </h2>
      <ul class="grid">
        {sorted.slice(0, showsAll ? undefined : MAX_SHOWN).map((playlist) => (
          <li key={playlist.id}>
            <PlaylistCard playlist={playlist} />
          </li>
        ))}
      </ul>
      {!showsAll && sorted.length > MAX_SHOWN && (
        <button type="button" class="button" onClick={() => setShowsAll(true)}>
          {t("common.showMore")}
        </button>
      )}
    </section>
  );
}
