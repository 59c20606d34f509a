import "./bulk-bar.css";
import { useState } from "preact/hooks";
import { MAX_BULK_VIDEOS } from "../../workers/contract/max-bulk-videos.ts";
import type { Playlist } from "../../workers/contract/playlists.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { getRetentionDays } from "../api.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { useLoad } from "../use-load.ts";
import { useSubmit } from "../use-submit.ts";
import { type PlainKey, t } from "../i18n/translate.ts";
import {
  BULK_ACTIONS,
  type BulkAction,
  type BulkValues,
  editOf,
  FIRST_VALUES,
} from "./bulk-action.ts";
import type { BulkOutcome } from "./bulk-results.tsx";
import { LanguageField } from "./language-field.tsx";
import { editVideos } from "./own-videos-api.ts";
import type { Selection } from "./selection.ts";
import { offeredLanguages } from "../offered-places.ts";
import { CategoryField, VisibilityField } from "./video-fields.tsx";

const ACTIONS: Record<BulkAction, PlainKey> = {
  visibility: "details.visibility",
  category: "details.category",
  language: "details.language",
  addTags: "bulk.addTags",
  removeTags: "bulk.removeTags",
  playlist: "bulk.playlist",
  downloads: "bulk.downloads",
  delete: "common.delete",
};

interface Props {
  selection: Selection;
  playlists: readonly Playlist[];
  onClear: () => void;
  onDone: (outcome: BulkOutcome) => void;
}

/** Edits the selected videos together. */
export function BulkBar({ selection, playlists, onClear, onDone }: Props) {
  const [action, setAction] = useState<BulkAction>("visibility");
  const [values, setValues] = useState<BulkValues>(FIRST_VALUES);
  const [isAsking, setAsking] = useState(false);
  const edit = editOf(action, values);
  const isTooMany = selection.size > MAX_BULK_VIDEOS;
  const count = selection.size;

  async function apply(): Promise<void> {
    if (!edit) return;
    const items = await editVideos([...selection.keys()], edit);
    onDone({
      isDeletion: action === "delete",
      items: items.flatMap(({ id, error }) => {
        const video = selection.get(id);
        return video ? [{ video, error }] : [];
      }),
    });
  }
  const submission = useSubmit(apply);

  return (
    <section class="bulk-bar" aria-label={t("bulk.title")}>
      <p class="bulk-count" role="status">
        {t("bulk.selected", { count })}
      </p>
      <button type="button" class="link-button" onClick={onClear}>
        {t("bulk.clear")}
      </button>
      <form
        class="bulk-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (action === "delete") setAsking(true);
          else submission.run();
        }}
      >
        <Field label={t("bulk.action")}>
          {(ids) => (
            <select
              class="input"
              {...ids}
              value={action}
              onInput={(event) => {
                submission.reset();
                setAction(event.currentTarget.value as BulkAction);
              }}
            >
              {BULK_ACTIONS.map((each) => (
                <option key={each} value={each}>
                  {t(ACTIONS[each])}
                </option>
              ))}
            </select>
          )}
        </Field>
        <ValueField
          {...{ action, values, playlists }}
          onChange={(change) => setValues({ ...values, ...change })}
        />
        <button
          type="submit"
          class={`button ${action === "delete" ? "button-danger" : "button-signal"}`}
          disabled={!edit || isTooMany || submission.busy}
        >
          {action === "delete" ? t("common.delete") : t("bulk.apply")}
        </button>
      </form>
      {isTooMany && <p class="field-error">{t("bulk.tooMany", { limit: MAX_BULK_VIDEOS })}</p>}
      <FormError error={submission.error} />
      {isAsking && (
        <DeleteDialog
          videos={[...selection.values()]}
          onCancel={() => setAsking(false)}
          onConfirm={async () => {
            await apply();
            setAsking(false);
          }}
        />
      )}
    </section>
  );
}

interface ValueProps {
  action: BulkAction;
  values: BulkValues;
  playlists: readonly Playlist[];
  onChange: (change: Partial<BulkValues>) => void;
}

/** The inputs of the chosen action. */
function ValueField({ action, values, playlists, onChange }: ValueProps) {
  switch (action) {
    case "visibility":
      return (
        <VisibilityField
          value={values.visibility}
          onChange={(visibility) => onChange({ visibility })}
        />
      );
    case "category":
      return (
        <CategoryField value={values.category} onChange={(category) => onChange({ category })} />
      );
    case "language":
      return (
        <LanguageField
          value={values.language}
          offered={offeredLanguages()}
          onChange={(language) => onChange({ language })}
        />
      );
    case "addTags":
    case "removeTags":
      return (
        <TextField
          label={t("details.tags")}
          hint={t("details.tagsHint")}
          value={values.tags}
          onInput={(tags) => onChange({ tags })}
        />
      );
    case "playlist":
      return (
        <ChoiceField
          label={t("upload.playlist")}
          value={values.playlistId}
          options={[
            ["", t(playlists.length > 0 ? "bulk.choosePlaylist" : "bulk.noPlaylists")],
            ...playlists.map(({ id, title }): [string, string] => [id, title]),
          ]}
          onChange={(playlistId) => onChange({ playlistId })}
        />
      );
    case "downloads":
      return (
        <ChoiceField
          label={t("bulk.downloads")}
          value={values.downloads ? "on" : "off"}
          options={[
            ["on", t("bulk.downloadsOn")],
            ["off", t("bulk.downloadsOff")],
          ]}
          onChange={(value) => onChange({ downloads: value === "on" })}
        />
      );
    case "delete":
      return null;
  }
}

interface ChoiceProps {
  label: string;
  value: string;
  options: readonly [value: string, name: string][];
  onChange: (value: string) => void;
}

function ChoiceField({ label, value, options, onChange }: ChoiceProps) {
  return (
    <Field label={label}>
      {(ids) => (
        <select
          class="input"
          {...ids}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value)}
        >
          {options.map(([key, name]) => (
            <option key={key} value={key}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface DeleteProps {
  videos: readonly Video[];
  onConfirm: () => Promise<void>;
  onCancel: () => void;
}

function DeleteDialog({ videos, onConfirm, onCancel }: DeleteProps) {
  const retention = useLoad(getRetentionDays, []);
  const days = retention.data;
  // The server has not answered yet.
  const time = days === undefined ? t("studio.someTime") : t("studio.days", { count: days });
  const isUnfinished = videos.some(({ state }) => state === "uploading");
  return (
    <ConfirmDialog
      title={t("bulk.deleteQuestion", { count: videos.length })}
      action={t("common.delete")}
      onConfirm={onConfirm}
      onCancel={onCancel}
    >
      {t("bulk.deleteText")} {isUnfinished && t("bulk.deleteUploads")}{" "}
      {days === 0 ? t("delete.noBin") : t("bulk.deleteRestorable", { time })}
    </ConfirmDialog>
  );
}
