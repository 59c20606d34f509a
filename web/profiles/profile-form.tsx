import { useState } from "preact/hooks";
import { AVATARS } from "../../workers/contract/avatars.ts";
import { MATURITY_LIMITS, type MaturityLimit } from "../../workers/contract/maturity-ratings.ts";
import type { ProfileCreate } from "../../workers/contract/profiles.ts";
import { Field, TextField } from "../components/field.tsx";
import { FormError } from "../components/form-error.tsx";
import { type PlainKey, t } from "../i18n/translate.ts";
import { SiteLanguageChoice, TrackLanguageChoice } from "../components/language-choices.tsx";
import { useSubmit } from "../use-submit.ts";
import { AvatarPicture } from "../components/avatar-picture.tsx";

export const NEW_PROFILE: ProfileCreate = {
  name: "",
  avatar: "owl",
  kids: false,
  maturityLimit: null,
  locked: false,
  siteLanguage: null,
  captionLanguage: null,
};

/** A child's profile starts with this limit. */
const KIDS_LIMIT: MaturityLimit = "7";
const KIDS_LIMITS: readonly (MaturityLimit | null)[] = ["all", "7", "12"];

interface Props {
  initial: ProfileCreate;
  /** The holder's profile has no limit. */
  isMain: boolean;
  hasPin: boolean;
  onSubmit: (profile: ProfileCreate) => Promise<void>;
  onCancel: () => void;
}

/** Creates or edits a profile. */
export function ProfileForm({ initial, isMain, hasPin, onSubmit, onCancel }: Props) {
  const [draft, setDraft] = useState(initial);
  const { submit, busy, error, fieldErrors, reset } = useSubmit(() => onSubmit(draft));
  const set = (change: Partial<ProfileCreate>) => {
    setDraft({ ...draft, ...change });
    reset();
  };
  const needsPin = !hasPin && (draft.locked || draft.maturityLimit !== null);
  return (
    <form class="form profile-form" onSubmit={submit}>
      <TextField
        label={t("profiles.name")}
        value={draft.name}
        maxLength={30}
        required
        error={fieldErrors["name"]}
        onInput={(name) => set({ name })}
      />
      <fieldset class="avatars">
        <legend class="field-label">{t("profiles.picture")}</legend>
        {AVATARS.map((avatar) => (
          <label key={avatar} class="avatar-choice" title={t(`avatar.${avatar}` as PlainKey)}>
            <input
              type="radio"
              name="avatar"
              checked={draft.avatar === avatar}
              aria-label={t(`avatar.${avatar}` as PlainKey)}
              onInput={() => set({ avatar })}
            />
            <AvatarPicture avatar={avatar} size={56} />
          </label>
        ))}
      </fieldset>
      {!isMain && (
        <>
          <label class="check">
            <input
              type="checkbox"
              checked={draft.kids}
              onInput={(event) => {
                const kids = event.currentTarget.checked;
                const isLow = KIDS_LIMITS.includes(draft.maturityLimit);
                set({ kids, ...(kids && !isLow && { maturityLimit: KIDS_LIMIT }) });
              }}
            />
            {t("profiles.isKids")}
          </label>
          <Field
            label={t("profiles.limit")}
            hint={t("profiles.limitHint")}
            error={fieldErrors["maturityLimit"]}
          >
            {(ids) => (
              <select
                class="input"
                {...ids}
                value={draft.maturityLimit ?? ""}
                onInput={(event) =>
                  set({
                    maturityLimit: (event.currentTarget.value || null) as MaturityLimit | null,
                  })
                }
              >
                {!draft.kids && <option value="">{t("profiles.noLimit")}</option>}
                {MATURITY_LIMITS.filter((limit) => !draft.kids || KIDS_LIMITS.includes(limit)).map(
                  (limit) => (
                    <option key={limit} value={limit}>
                      {limit === "all"
                        ? t("profiles.limitAll")
                        : t("profiles.limitAge", { age: limit })}
                    </option>
                  ),
                )}
              </select>
            )}
          </Field>
        </>
      )}
      <label class="check">
        <input
          type="checkbox"
          checked={draft.locked}
          onInput={(event) => set({ locked: event.currentTarget.checked })}
        />
        {t("profiles.lock")}
      </label>
      {needsPin && <p class="notice">{t("profiles.needsPin")}</p>}
      <div class="form-row">
        <SiteLanguageChoice
          label={t("profiles.siteLanguage")}
          none={t("profiles.browserLanguage")}
          value={draft.siteLanguage}
          onChange={(siteLanguage) => set({ siteLanguage })}
        />
        <TrackLanguageChoice
          label={t("profiles.captions")}
          none={t("profiles.noCaptions")}
          value={draft.captionLanguage}
          onChange={(captionLanguage) => set({ captionLanguage })}
        />
      </div>
      <FormError error={error} />
      <div class="form-actions">
        <button class="button button-signal" disabled={busy || needsPin}>
          {t("common.save")}
        </button>
        <button type="button" class="button" onClick={onCancel}>
          {t("common.cancel")}
        </button>
      </div>
    </form>
  );
}
