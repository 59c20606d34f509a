import { browserStorage } from "../browser-storage.ts";
import { LANGUAGE_COOKIE } from "../i18n/language-cookie.ts";
import { LANGUAGES } from "../i18n/languages.ts";
import { language, t } from "../i18n/translate.ts";

/** As long as browsers keep one. */
const COOKIE_SECONDS = 400 * 86_400;

/** Chooses the language of the site. first-script.ts applies the choice, so the page is loaded again. */
export function LanguageSwitch() {
  return (
    <label class="language-switch">
      {t("app.language")}
      <select
        value={language()}
        onChange={(event) => {
          const { value } = event.currentTarget;
          browserStorage().setItem("kinora.language", value);
          document.cookie = `${LANGUAGE_COOKIE}=${value}; path=/; max-age=${COOKIE_SECONDS}; samesite=lax`;
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
