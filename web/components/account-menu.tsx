import { useLocation } from "preact-iso";
import type { SessionAccount } from "../auth-api.ts";
import { shownText } from "../format.ts";
import { canCreate, signOut } from "../session.ts";
import { Icon } from "./icon.tsx";
import { t } from "../i18n/translate.ts";
import { useDisclosure } from "./use-disclosure.ts";

/** The account's links behind one button. A disclosure rather than an ARIA menu, so every link stays a link. */
export function AccountMenu({ account }: { account: SessionAccount }) {
  const { route } = useLocation();
  const { open, setOpen, root, button } = useDisclosure();

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
        aria-label={t("header.accountMenu", { name: shownText(account.name, account.email) })}
        onClick={() => setOpen(!open)}
      >
        <Icon name="user" size={22} />
      </button>
      <ul class="account-menu-list" id="account-menu" hidden={!open}>
        <li class="account-menu-name">
          <strong dir="auto">{shownText(account.name, t("header.unnamed"))}</strong>
          <span class="soft">{account.email}</span>
        </li>
        {canCreate.value && (
          <li>
            <a href="/studio">{t("header.myVideos")}</a>
          </li>
        )}
        <li>
          <a href="/following">{t("header.following")}</a>
        </li>
        <li>
          <a href="/library">{t("header.library")}</a>
        </li>
        <li>
          <a href="/history">{t("history.title")}</a>
        </li>
        <li>
          <a href="/settings">{t("header.settings")}</a>
        </li>
        {account.role === "admin" && (
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
