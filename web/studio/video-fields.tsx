import { CATEGORIES } from "../../workers/contract/categories.ts";
import { MATURITY_RATINGS } from "../../workers/contract/maturity-ratings.ts";
import type { Video } from "../../workers/contract/videos.ts";
import { Field, TextField } from "../components/field.tsx";
import { categoryName, languageName, ratingText } from "../format.ts";
import type { VideoDraft } from "./upload-draft.ts";
import { type PlainKey, t } from "../i18n/translate.ts";

const LANGUAGES = [
  "ar",
  "cs",
  "da",
  "de",
  "el",
  "en",
  "es",
  "fi",
  "fr",
  "he",
  "hi",
  "hu",
  "id",
  "it",
  "ja",
  "ko",
  "nl",
  "no",
  "pl",
  "pt",
  "ro",
  "ru",
  "sv",
  "th",
  "tr",
  "uk",
  "vi",
  "zh",
];

const VISIBILITIES: Record<Video["visibility"], PlainKey> = {
  public: "visibility.publicText",
  unlisted: "visibility.unlistedText",
  private: "visibility.privateText",
};

interface Props {
  draft: VideoDraft;
  onChange: (draft: VideoDraft) => void;
  /** The API's messages by field. */
  errors?: Record<string, string>;
}

/** The details of a video, as the upload and the studio edit them. */
export function VideoFields({ draft, onChange, errors = {} }: Props) {
  const set = (change: Partial<VideoDraft>) => onChange({ ...draft, ...change });
  return (
    <>
      <TextField
        label={t("details.videoTitle")}
        required
        maxLength={200}
        value={draft.title}
        error={errors["title"]}
        onInput={(title) => set({ title })}
      />
      <Field label={t("details.description")} error={errors["description"]}>
        {(ids) => (
          <textarea
            class="input"
            {...ids}
            maxLength={5000}
            value={draft.description}
            onInput={(event) => set({ description: event.currentTarget.value })}
          />
        )}
      </Field>
      <div class="form-row">
        <Field label={t("details.category")} error={errors["category"]}>
          {(ids) => (
            <select
              class="input"
              {...ids}
              value={draft.category}
              onInput={(event) => set({ category: event.currentTarget.value as Video["category"] })}
            >
              {CATEGORIES.map(({ slug }) => (
                <option key={slug} value={slug}>
                  {categoryName(slug)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={t("details.language")} error={errors["language"]}>
          {(ids) => (
            <select
              class="input"
              {...ids}
              value={draft.language}
              onInput={(event) => set({ language: event.currentTarget.value })}
            >
              <option value="">{t("details.notSet")}</option>
              {LANGUAGES.map((tag) => (
                <option key={tag} value={tag}>
                  {languageName(tag)}
                </option>
              ))}
            </select>
          )}
        </Field>
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
      <Field label={t("details.visibility")} error={errors["visibility"]}>
        {(ids) => (
          <select
            class="input"
            {...ids}
            value={draft.visibility}
            onInput={(event) =>
              set({ visibility: event.currentTarget.value as Video["visibility"] })
            }
          >
            {Object.entries(VISIBILITIES).map(([value, label]) => (
              <option key={value} value={value}>
                {t(label)}
              </option>
            ))}
          </select>
        )}
      </Field>
    </>
  );
}
