import { ErrorBoundary, useLocation } from "preact-iso";
import type { SessionAccount } from "../auth-api.ts";
import { shownText } from "../format.ts";
import { lazyComponent } from "../lazy-component.ts";
import { shownProfile } from "../shown-profile.ts";
import { canCreate, signOut } from "../session.ts";
import { Icon } from "./icon.tsx";
import { t } from "../i18n/translate.ts";
import { useDisclosure } from "./use-disclosure.ts";

const AvatarPicture = lazyComponent(() =>
  import("./avatar-picture.tsx").then((module) => module.AvatarPicture),
);

/** The account's links behind one button. A disclosure rather than an ARIA menu, so every link stays a link. */
export function AccountMenu({ account }: { account: SessionAccount }) {
  const { route } = useLocation();
  const { open, setOpen, root, button } = useDisclosure();
  const profile = shownProfile(account.profileId);
  const name = shownText(profile?.name ?? account.name, account.email);

  async function leave(): Promise<void> {
    await signOut();
    route("/");
  }
  return (
    <div class="account-menu" ref={root}>
      <button
        ref={button}
        type="button"
        class="button-plain"
        aria-expanded={open}
        aria-controls="account-menu"
        aria-label={t("header.accountMenu", { name })}
        onClick={() => setOpen(!open)}
      >
        {profile ? (
          <ErrorBoundary>
            <AvatarPicture avatar={profile.avatar} size={32} />
          </ErrorBoundary>
        ) : (
          <Icon name="user" size={22} />
        )}
      </button>
      <ul class="account-menu-list" id="account-menu" hidden={!open}>
        <li class="account-menu-name">
          <strong dir="auto">
            {shownText(profile?.name ?? account.name, t("header.unnamed"))}
          </strong>
          {!account.isLimited && <span class="soft">{account.email}</span>}
          {profile?.kids && <span class="badge badge-kids">{t("header.kids")}</span>}
        </li>
        {(account.hasProfiles || account.isLimited) && (
          <li>
            <a href="/profiles">{t("header.switchProfile")}</a>
          </li>
        )}
        {canCreate.value && (
          <li>
            <a href="/studio">{t("header.myVideos")}</a>
          </li>
        )}
        {!account.isLimited && (
          <li>
            <a href="/following">{t("header.following")}</a>
          </li>
        )}
        <li>
          <a href="/library">{t("header.library")}</a>
        </li>
        <li>
          <a href="/history">{t("history.title")}</a>
        </li>
        {!account.isLimited && (
          <li>
            <a href="/settings">{t("header.settings")}</a>
          </li>
        )}
        {canCreate.value && account.role !== "creator" && (
          <li>
            <a href="/admin">{t("header.admin")}</a>
          </li>
        )}
        <li>
          <button type="button" onClick={() => void leave()}>
            {t("header.signOut")}
          </button>
        </li>
      </ul>
    </div>
  );
}
