import "./header.css";
import { useLocation } from "preact-iso";
import { account, canCreate, uploadProgress } from "../session.ts";
import { Icon } from "./icon.tsx";
import { SearchBox } from "./search-box.tsx";
import { useSlashKey } from "./slash-key.ts";
import { ThemeToggle } from "./theme-toggle.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { NotificationBell } from "./notification-bell.tsx";
import { VisitorLinks } from "./visitor-links.tsx";
import { t } from "../i18n/translate.ts";

/** The logo: the cards of a Kinora reel, fanned from their spindle into a K. */
function Wordmark() {
  return (
    <span class="wordmark">
      <svg viewBox="0 0 24 32" width="24" height="32" aria-hidden="true">
        <path
          d="M3 1v30M3 16 21 3M3 16l20-5M3 16l20 3M3 16l16 13"
          fill="none"
          stroke="currentColor"
          stroke-width="3.4"
        />
      </svg>
      Kinora
    </span>
  );
}

/** The site header: logo, search, upload link and account menu. */
export function Header() {
  const { path } = useLocation();
  useSlashKey();
  const progress = uploadProgress.value;
  return (
    <header class="header">
      <a class="header-home" href="/" aria-label={t("header.home")}>
        <Wordmark />
      </a>
      <div class="header-search">{path !== "/search" && <SearchBox key={path} />}</div>
      <nav class="header-nav" aria-label={t("header.main")}>
        {path !== "/search" && (
          <a class="button-plain header-search-link" href="/search" aria-label={t("search.title")}>
            <Icon name="search" />
          </a>
        )}
        {canCreate.value && (
          <a
            class="header-link header-upload"
            href="/upload"
            aria-current={path === "/upload" ? "page" : undefined}
          >
            <Icon name="upload" />
            <span>
              {progress === null
                ? t("header.upload")
                : t("header.uploading", { percent: progress })}
            </span>
          </a>
        )}
        <ThemeToggle />
        {account.value ? (
          <>
            {!account.value.isLimited && <NotificationBell key={account.value.id} />}
            <AccountMenu account={account.value} />
          </>
        ) : (
          account.value === null && <VisitorLinks />
        )}
      </nav>
    </header>
  );
}
