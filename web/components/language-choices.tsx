import { Field } from "./field.tsx";
import { languageName } from "../format.ts";
import { type Language, LANGUAGES } from "../i18n/languages.ts";

/** Languages of tracks to choose from, as BCP 47 tags. */
const TRACK_LANGUAGES = "ar de en es fr hi it ja ko nl pl pt ru sv tr uk zh".split(" ");

interface Props<Tag extends string> {
  label: string;
  hint?: string;
  /** Name of the choice without a language. */
  none: string;
  value: Tag | null;
  onChange: (language: Tag | null) => void;
}

/** The languages of the site: those that it has been translated into. */
export function SiteLanguageChoice(props: Props<Language>) {
  const options = Object.entries(LANGUAGES).map(([tag, { name }]) => (
    <option key={tag} value={tag} lang={tag}>
      {name}
    </option>
  ));
  return <LanguageChoice {...props}>{options}</LanguageChoice>;
}

/** The languages of audio or caption tracks. A language that was set elsewhere is included. */
export function TrackLanguageChoice(props: Props<string>) {
  const { value } = props;
  const isKnown = value === null || TRACK_LANGUAGES.includes(value);
  const options = [...TRACK_LANGUAGES, ...(isKnown ? [] : [value])].map((tag) => (
    <option key={tag} value={tag}>
      {languageName(tag)}
    </option>
  ));
  return <LanguageChoice {...props}>{options}</LanguageChoice>;
}

function LanguageChoice<Tag extends string>({
  label,
  hint,
  none,
  value,
  onChange,
  children,
}: Props<Tag> & { children: preact.ComponentChildren }) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <select
          {...ids}
          class="input"
          value={value ?? ""}
          onInput={(event) => onChange((event.currentTarget.value || null) as Tag | null)}
        >
          <option value="">{none}</option>
          {children}
        </select>
      )}
    </Field>
  );
}
