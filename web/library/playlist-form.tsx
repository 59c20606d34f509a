import "../components/confirm-dialog.css";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Playlist, PlaylistKind } from "../../workers/contract/playlists.ts";
import type { Visibility } from "../../workers/contract/videos.ts";
import { createPlaylist, updatePlaylist } from "../api.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { canCreate } from "../session.ts";
import { useSubmit } from "../use-submit.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

const VISIBILITIES: Record<Visibility, PlainKey> = {
  private: "library.privateText",
  unlisted: "library.unlistedText",
  public: "library.publicText",
};

interface Props {
  /** The playlist to change; undefined for a new one. */
  playlist?: Playlist;
  /** Kind of a new playlist; undefined lets a creator choose. */
  kind?: PlaylistKind | undefined;
  /** Called with the new playlist, or without one after a change. */
  onSaved: (created?: Playlist) => void;
  onCancel: () => void;
}

/** Asks for the title, the description and the visibility of a playlist. */
export function PlaylistForm({ playlist, kind, onSaved, onCancel }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const [draft, setDraft] = useState({
    title: playlist?.title ?? "",
    description: playlist?.description ?? "",
    visibility: playlist?.visibility ?? ("private" as Visibility),
  });
  const [isSeries, setSeries] = useState(kind === "series");
  const { submit, busy, error, fieldErrors } = useSubmit(async () => {
    if (!playlist)
      return onSaved(await createPlaylist({ ...draft, kind: isSeries ? "series" : "playlist" }));
    await updatePlaylist(playlist.id, draft);
    onSaved();
  });
  return (
    <dialog class="dialog" ref={dialog} aria-labelledby="playlist-form" onClose={onCancel}>
      <h2 id="playlist-form">{headingOf(playlist, kind)}</h2>
      <form class="form" onSubmit={submit}>
        <TextField
          label={t("library.title")}
          value={draft.title}
          maxLength={150}
          required
          error={fieldErrors["title"]}
          onInput={(title) => setDraft({ ...draft, title })}
        />
        <Field label={t("library.description")} error={fieldErrors["description"]}>
          {(ids) => (
            <textarea
              {...ids}
              class="input"
              maxLength={2000}
              dir={draft.description === "" ? undefined : "auto"}
              value={draft.description}
              onInput={(event) => setDraft({ ...draft, description: event.currentTarget.value })}
            />
          )}
        </Field>
        <Field label={t("library.visibility")}>
          {(ids) => (
            <select
              {...ids}
              class="input"
              value={draft.visibility}
              onInput={(event) =>
                setDraft({ ...draft, visibility: event.currentTarget.value as Visibility })
              }
            >
              {Object.entries(VISIBILITIES).map(([value, name]) => (
                <option key={value} value={value}>
                  {t(name)}
                </option>
              ))}
            </select>
          )}
        </Field>
        {!playlist && kind === undefined && canCreate.value && (
          <label class="check">
            <input
              type="checkbox"
              checked={isSeries}
              onInput={(event) => setSeries(event.currentTarget.checked)}
            />
            {t("library.isSeries")}
          </label>
        )}
        <FormError error={error} />
        <div class="form-actions">
          <button class="button button-signal" disabled={busy}>
            {playlist ? t("common.save") : t("library.create")}
          </button>
          <button type="button" class="button" onClick={onCancel}>
            {t("common.cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function headingOf(playlist: Playlist | undefined, kind: PlaylistKind | undefined): string {
  if (playlist)
    return playlist.kind === "series" ? t("library.editSeries") : t("library.editPlaylist");
  return kind === "series" ? t("library.newSeries") : t("library.newPlaylist");
}
