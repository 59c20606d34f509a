import "../components/confirm-dialog.css";
import "./library.css";
import { useLocation } from "preact-iso";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Playlist } from "../../workers/contract/playlists.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { createPlaylist, listPlaylists, putInPlaylist } from "../api.ts";
import { titleOf } from "../components/creator-link.tsx";
import { TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { account } from "../session.ts";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { changeWatchlist, marksOf } from "./marks.ts";
import { PlaylistCheck } from "./playlist-check.tsx";
import { rich, t } from "../i18n/translate.ts";

interface Props {
  video: Video;
  onClose: () => void;
}

/** Shows which of the viewer's lists contain a video. */
export function SaveDialog({ video, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="dialog save-dialog" ref={dialog} aria-labelledby="save-video" onClose={onClose}>
      <h2 id="save-video">{t("library.saveTo")}</h2>
      <p class="soft" dir="auto">
        {titleOf(video)}
      </p>
      {account.value ? <Lists video={video} /> : <LocalList video={video} />}
      <form method="dialog" class="form-actions">
        <button class="button">{t("library.done")}</button>
      </form>
    </dialog>
  );
}

/** Without an account there is one list, in this browser. */
function LocalList({ video: { id } }: Pick<Props, "video">) {
  const { url } = useLocation();
  return (
    <>
      <label class="check">
        <input
          type="checkbox"
          checked={marksOf(id, null).inWatchlist}
          onChange={(event) => void changeWatchlist(id, event.currentTarget.checked)}
        />
        {t("library.watchlist")}
      </label>
      <p>
        {rich("library.signInForPlaylists", {
          link: (chunks) => <a href={`/sign-in?next=${encodeURIComponent(url)}`}>{chunks}</a>,
        })}
      </p>
    </>
  );
}

function Lists({ video: { id, creator } }: Pick<Props, "video">) {
  const loaded = useLoad((signal) => listPlaylists(id, signal), [id]);
  const [having, setHaving] = useState<ReadonlySet<string>>(new Set());
  const [added, setAdded] = useState<Playlist[]>([]);
  useEffect(() => setHaving(new Set(loaded.data?.having)), [loaded.data]);
  function note(list: string, isIn: boolean): void {
    setHaving((before) => {
      const after = new Set(before);
      if (isIn) after.add(list);
      else after.delete(list);
      return after;
    });
  }
  const watchlist = useSubmit((isIn: boolean) => changeWatchlist(id, isIn));
  if (loaded.error) return <FormError error={loaded.error} />;
  if (!loaded.data) return <p aria-busy="true">{t("common.loading")}</p>;
  const { inWatchlist, items } = loaded.data;
  const playlists = [...added, ...items].filter(
    // A series contains only videos of its creator.
    ({ kind }) => kind === "playlist" || creator.id === account.value?.id,
  );
  // A profile with a limit cannot change what all profiles of the account see.
  const isLimited = account.value?.isLimited ?? false;
  const shownPlaylists = isLimited ? [] : playlists;
  return (
    <>
      <ul class="save-lists">
        <li>
          <label class="check">
            <input
              type="checkbox"
              checked={marksOf(id, { inWatchlist, liked: false }).inWatchlist}
              onChange={(event) => watchlist.run(event.currentTarget.checked)}
            />
            {t("library.watchlist")}
          </label>
        </li>
        {shownPlaylists.map((playlist) => (
          <li key={playlist.id}>
            <PlaylistCheck
              label={playlist.title}
              playlistId={playlist.id}
              videoId={id}
              isIn={having.has(playlist.id)}
              onChanged={(isIn) => note(playlist.id, isIn)}
            />
          </li>
        ))}
      </ul>
      <FormError error={watchlist.error} />
      {!isLimited && (
        <NewPlaylist
          onCreated={async (playlist) => {
            setAdded([playlist, ...added]);
            await putInPlaylist(playlist.id, id);
            setHaving(new Set([...having, playlist.id]));
          }}
        />
      )}
    </>
  );
}

function NewPlaylist({ onCreated }: { onCreated: (playlist: Playlist) => Promise<void> }) {
  const [title, setTitle] = useState("");
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    await onCreated(await createPlaylist({ title }));
    setTitle("");
  });
  return (
    <form class="save-new" onSubmit={submit}>
      <TextField
        label={t("library.newPlaylist")}
        value={title}
        maxLength={150}
        required
        error={fieldErrors["title"]}
        onInput={setTitle}
      />
      <button class="button" disabled={busy}>
        {t("library.createAndAdd")}
      </button>
      {!fieldErrors["title"] && <FormError error={error} />}
    </form>
  );
}
