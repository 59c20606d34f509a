import { listPlaylists } from "../../api.ts";
import { Field } from "../../components/field.tsx";
import { useLoad } from "../../use-load.ts";
import { t } from "../../i18n/translate.ts";

interface Props {
  value: string | null;
  onChange: (playlistId: string | null) => void;
}

/** Chooses one of the account's playlists. Without any, there is nothing to choose. */
export function PlaylistField({ value, onChange }: Props) {
  const { data } = useLoad(async (signal) => (await listPlaylists(undefined, signal)).items, []);
  const playlists = data ?? [];
  if (playlists.length === 0) return null;
  return (
    <Field label={t("upload.playlist")}>
      {(ids) => (
        <select
          class="input"
          {...ids}
          value={value ?? ""}
          onInput={(event) => onChange(event.currentTarget.value || null)}
        >
          <option value="">{t("upload.noPlaylist")}</option>
          {playlists.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
