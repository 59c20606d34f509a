import { browserStorage } from "../browser-storage.ts";
import { LANGUAGES } from "../i18n/languages.ts";
import { language, t } from "../i18n/translate.ts";

/** Chooses the language of the site. public/before-paint.js applies the choice, so the page is loaded again. */
export function LanguageSwitch() {
  return (
    <label class="language-switch">
      {t("app.language")}
      <select
        value={language()}
        onChange={(event) => {
          browserStorage().setItem("kinora.language", event.currentTarget.value);
          location.reload();
        }}
      >
        {Object.entries(LANGUAGES).map(([tag, { name }]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
