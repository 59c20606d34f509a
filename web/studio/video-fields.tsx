import { cutText } from "../../workers/domain/cut-text.ts";
import { MAX_TITLE_LENGTH } from "../../workers/domain/titles.ts";
import { MATURITY_RATINGS } from "../../workers/contract/maturity-ratings.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { Field, TextField } from "../components/field.tsx";
import { ratingText } from "../format.ts";
import { type PlainKey, t } from "../i18n/translate.ts";
import { offeredCategories, offeredLanguages } from "../offered-places.ts";
import { shownCategory } from "../site-offers.ts";
import { LanguageField } from "./language-field.tsx";
import type { VideoDraft } from "./upload-draft.ts";

const VISIBILITIES: Record<Video["visibility"], PlainKey> = {
  public: "visibility.publicText",
  unlisted: "visibility.unlistedText",
  private: "visibility.privateText",
};

interface Props {
  draft: VideoDraft;
  onChange: (draft: VideoDraft) => void;
  /** The messages about single fields, by field. */
  errors?: Record<string, string>;
}

/** The details of a video, as edited during upload and in the studio; the visibility is a separate field. */
export function VideoFields({ draft, onChange, errors = {} }: Props) {
  const set = (change: Partial<VideoDraft>) => onChange({ ...draft, ...change });
  return (
    <>
      <TextField
        label={t("details.videoTitle")}
        aria-required="true"
        value={draft.title}
        error={errors["title"]}
        // `maxlength` would cut a pasted title inside of a character.
        onInput={(title) => set({ title: cutText(title, MAX_TITLE_LENGTH) })}
      />
      <Field label={t("details.description")} error={errors["description"]}>
        {(ids) => (
          <textarea
            class="input"
            {...ids}
            maxLength={5000}
            dir={draft.description === "" ? undefined : "auto"}
            value={draft.description}
            onInput={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="form-row">
        <CategoryField
          value={draft.category}
          error={errors["category"]}
          onChange={(category) => set({ category })}
        />
        <LanguageField
          value={draft.language}
          offered={offeredLanguages()}
          error={errors["language"]}
          onChange={(language) => set({ language })}
        />
      </div>
      <TextField
        label={t("details.people")}
        hint={t("details.peopleHint")}
        value={draft.people}
        error={errors["people"]}
        onInput={(people) => set({ people })}
      />
      <TextField
        label={t("details.tags")}
        hint={t("details.tagsHint")}
        value={draft.tags}
        error={errors["tags"]}
        onInput={(tags) => set({ tags })}
      />
      <Field
        label={t("details.rating")}
        hint={t("details.ratingHint")}
        error={errors["maturityRating"]}
      >
        {(ids) => (
          <select
            class="input"
            {...ids}
            value={draft.maturityRating}
            onInput={(event) =>
              set({ maturityRating: event.currentTarget.value as VideoDraft["maturityRating"] })
            }
          >
            <option value="">{t("details.notRated")}</option>
            {MATURITY_RATINGS.map((rating) => (
              <option key={rating} value={rating}>
                {ratingText(rating)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}

interface ChoiceProps<Value> {
  value: Value;
  onChange: (value: Value) => void;
  error?: string | undefined;
}

export function CategoryField({ value, onChange, error }: ChoiceProps<Video["category"]>) {
  return (
    <Field label={t("details.category")} error={error}>
      {(ids) => (
        <select
          class="input"
          {...ids}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value as Video["category"])}
        >
          {offeredCategories(value).map((slug) => (
            <option key={slug} value={slug}>
              {shownCategory(slug)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function VisibilityField({ value, onChange, error }: ChoiceProps<Video["visibility"]>) {
  return (
    <Field label={t("details.visibility")} error={error}>
      {(ids) => (
        <select
          class="input"
          {...ids}
          value={value}
          onInput={(event) => onChange(event.currentTarget.value as Video["visibility"])}
        >
          {Object.entries(VISIBILITIES).map(([visibility, label]) => (
            <option key={visibility} value={visibility}>
              {t(label)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
