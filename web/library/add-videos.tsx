import "../components/confirm-dialog.css";
import "./library.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PlaylistPage } from "../../workers/contract/playlists.ts";
import type { VideoPage } from "../../workers/contract/videos.ts";
import { listVideos } from "../api.ts";
import { titleOf } from "../components/creator-link.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { t } from "../i18n/translate.ts";
import { pause, useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { PlaylistCheck } from "./playlist-check.tsx";

const TYPING_PAUSE_MS = 200;
const VIDEOS_PER_PAGE = 30;

interface Props {
  playlist: PlaylistPage;
  onClose: () => void;
}

/** Lets a creator choose which of their own videos are in a playlist or a series. */
export function AddVideosDialog({ playlist, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [typed, setTyped] = useState("");
  const having = useLoad((signal) => ownVideosIn(playlist.id, signal), [playlist.id]);
  return (
    <dialog class="dialog save-dialog" ref={dialog} aria-labelledby="add-videos" onClose={onClose}>
      <h2 id="add-videos">{t("library.addVideos")}</h2>
      <TextField
        type="search"
        label={t("library.findVideos")}
        value={typed}
        maxLength={200}
        onInput={setTyped}
      />
      {having.error && <FormError error={having.error} />}
      {having.data && <Choices words={typed.trim()} playlist={playlist} having={having.data} />}
      <form method="dialog" class="form-actions">
        <button class="button">{t("library.done")}</button>
      </form>
    </dialog>
  );
}

/** Ids of the creator's own videos that a playlist has. */
async function ownVideosIn(playlist: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  let cursor: string | undefined;
  do {
    const query = { creator: "me", playlist, limit: 100, ...(cursor && { cursor }) };
    const page: VideoPage = await listVideos(query, signal);
    for (const { id } of page.items) ids.add(id);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

interface ChoicesProps {
  words: string;
  playlist: PlaylistPage;
  /** Ids of the videos that it had when the dialog was opened. */
  having: ReadonlySet<string>;
}

function Choices({ words, playlist, having }: ChoicesProps) {
  const pageOf = (cursor: string | null, signal?: AbortSignal) =>
    listVideos(
      {
        creator: "me",
        limit: VIDEOS_PER_PAGE,
        ...(words && { q: words }),
        ...(cursor && { cursor }),
      },
      signal,
    );
  const found = useLoad(
    async (signal) => {
      await pause(TYPING_PAUSE_MS, signal);
      return pageOf(null, signal);
    },
    [words],
  );
  const more = useSubmit(async () => {
    if (!found.data) return;
    const next = await pageOf(found.data.nextCursor);
    found.set({ ...next, items: [...found.data.items, ...next.items] });
  });
  const [chosen, setChosen] = useState(having);
  if (found.error) return <FormError error={found.error} />;
  if (!found.data) return <p aria-busy="true">{t("common.loading")}</p>;
  const { items, nextCursor } = found.data;
  if (items.length === 0) return <p role="status">{t("library.noVideosFound")}</p>;
  const note = (id: string, isIn: boolean) =>
    setChosen((before) => new Set([...before].filter((one) => one !== id).concat(isIn ? id : [])));
  return (
    <>
      <ul class="save-lists">
        {items.map((video) => (
          <li key={video.id}>
            <PlaylistCheck
              label={titleOf(video)}
              playlistId={playlist.id}
              videoId={video.id}
              place={placeOfNew(playlist)}
              isIn={chosen.has(video.id)}
              onChanged={(isIn) => note(video.id, isIn)}
            />
          </li>
        ))}
      </ul>
      {nextCursor !== null && (
        <button type="button" class="button" disabled={more.busy} onClick={() => more.run()}>
          {t("common.showMore")}
        </button>
      )}
      <FormError error={more.error} />
    </>
  );
}

/** A new episode belongs to the last season. */
function placeOfNew({ kind, items }: PlaylistPage) {
  return kind === "series" ? { season: items.at(-1)?.season ?? 1 } : {};
}
