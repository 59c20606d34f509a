import "./settings.css";
import type { ComponentType } from "preact";
import { useRoute } from "preact-iso";
import type { SessionAccount } from "../auth-api.ts";
import { RequireAccount } from "../components/require-account.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { NotFound } from "../components/not-found.tsx";
import { ProfilesSection } from "../profiles/profiles-section.tsx";
import { account, canCreate } from "../session.ts";
import type { SettingsSection } from "../site-paths.ts";
import { AccountSection } from "./account-section.tsx";
import { AppsSection } from "./apps-section.tsx";
import { KeysSection } from "./keys-section.tsx";
import { NotificationsSection } from "./notifications-section.tsx";
import { ProfileSection } from "./profile-section.tsx";
import { SecuritySection } from "./security-section.tsx";
import { TokensSection } from "./tokens-section.tsx";
import { WatchingSection } from "./watching-section.tsx";
import { type PlainKey, t } from "../i18n/translate.ts";

interface Section {
  path: "" | SettingsSection;
  title: PlainKey;
  component: ComponentType<{ account: SessionAccount }>;
  creatorsOnly: boolean;
}

const SECTIONS: Section[] = [
  { path: "", title: "account.title", component: AccountSection, creatorsOnly: false },
  { path: "watching", title: "watching.title", component: WatchingSection, creatorsOnly: false },
  { path: "profiles", title: "account.profiles", component: ProfilesSection, creatorsOnly: false },
  { path: "security", title: "account.security", component: SecuritySection, creatorsOnly: false },
  { path: "profile", title: "profile.title", component: ProfileSection, creatorsOnly: true },
  {
    path: "notifications",
    title: "bell.title",
    component: NotificationsSection,
    creatorsOnly: false,
  },
  { path: "apps", title: "account.apps", component: AppsSection, creatorsOnly: false },
  { path: "tokens", title: "account.tokens", component: TokensSection, creatorsOnly: true },
  { path: "keys", title: "account.keys", component: KeysSection, creatorsOnly: true },
];

/** A profile with a limit has no settings here. */
function LimitedProfile() {
  return (
    <>
      <p>{t("account.limitedProfile")}</p>
      <p>
        <a class="button button-signal" href="/profiles">
          {t("header.switchProfile")}
        </a>
      </p>
    </>
  );
}

/** The account's settings, one address per section. */
export function Settings() {
  const { params } = useRoute();
  const path = params["section"] ?? "";
  const section = SECTIONS.find((candidate) => candidate.path === path);
  usePageTitle(section && t(section.title));
  if (!section) return <NotFound />;
  const { component: Section } = section;
  return (
    <RequireAccount reason={t("account.reason")}>
      <div class="page">
        <header class="page-head">
          <h1>{t("header.settings")}</h1>
        </header>
        <div class="settings">
          <nav class="settings-nav" aria-label={t("header.settings")}>
            <ul>
              {SECTIONS.filter((item) => !item.creatorsOnly || canCreate.value).map((item) => (
                <li key={item.path}>
                  <a
                    href={`/settings/${item.path}`}
                    aria-current={item === section ? "page" : undefined}
                  >
                    {t(item.title)}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="settings-body">
            {account.value?.isLimited && <LimitedProfile />}
            {account.value && !account.value.isLimited && <Section account={account.value} />}
          </div>
        </div>
      </div>
    </RequireAccount>
  );
}
