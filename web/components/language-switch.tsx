import { adoptLanguage, rememberLanguage } from "../account-language.ts";
import { changeWatchSettings } from "../api.ts";
import { isLanguage, LANGUAGES } from "../i18n/languages.ts";
import { language, t } from "../i18n/translate.ts";
import { account } from "../session.ts";

/**
 * Stores the choice in this browser, and in the account for its other devices. If the server does not respond, the
 * choice applies only here.
 */
async function choose(tag: string): Promise<void> {
  if (account.value && isLanguage(tag)) {
    const settings = await changeWatchSettings({ siteLanguage: tag }).catch(() => null);
    if (settings) adoptLanguage(settings);
  }
  rememberLanguage(tag);
  location.reload();
}

/** Chooses the language of the site. first-script.ts applies the choice, so the page is loaded again. */
export function LanguageSwitch() {
  return (
    <label class="language-switch">
      {t("app.language")}
      <select value={language()} onChange={(event) => void choose(event.currentTarget.value)}>
        {Object.entries(LANGUAGES).map(([tag, { name }]) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
