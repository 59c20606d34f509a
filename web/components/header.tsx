import "./header.css";
import { useLocation } from "preact-iso";
import { useEffect, useRef } from "preact/hooks";
import { browserStorage } from "../browser-storage.ts";
import { account, canCreate, uploadProgress } from "../session.ts";
import { LOGO_HEIGHT, siteLogo, siteName } from "../site-name.ts";
import { Icon } from "./icon.tsx";
import { SearchBox } from "./search-box.tsx";
import { useSlashKey } from "./slash-key.ts";
import { ThemeToggle } from "./theme-toggle.tsx";
import { AccountMenu } from "./account-menu.tsx";
import { NotificationBell } from "./notification-bell.tsx";
import { VisitorLinks } from "./visitor-links.tsx";
import { t } from "../i18n/translate.ts";

/** The logo: that of the site, or the cards of a Kinora reel, fanned from their spindle into a K. */
function Wordmark() {
  return (
    <span class="wordmark">
      {siteLogo.value === null ? (
        <svg viewBox="0 0 24 32" width="24" height="32" aria-hidden="true">
          <path
            d="M3 1v30M3 16 21 3M3 16l20-5M3 16l20 3M3 16l16 13"
            fill="none"
            stroke="currentColor"
            stroke-width="3.4"
          />
        </svg>
      ) : (
        <img {...siteLogo.value} height={LOGO_HEIGHT} alt="" />
      )}
      {siteName.value}
    </span>
  );
}

const WIDTH_KEY = "kinora.header-width";

/**
 * The part that depends on the session, which arrives later: until then its space is as wide as on the last visit, so
 * that nothing next to it moves.
 */
function SessionControls() {
  const { path } = useLocation();
  const root = useRef<HTMLDivElement>(null);
  const progress = uploadProgress.value;
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      if (element.childElementCount > 0)
        browserStorage().setItem(WIDTH_KEY, String(element.offsetWidth));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div
      class="header-session"
      ref={root}
      style={{ "--last-width": `${Number(browserStorage().getItem(WIDTH_KEY))}px` }}
    >
      {canCreate.value && (
        <a
          class="header-link header-upload"
          href="/upload"
          aria-current={path === "/upload" ? "page" : undefined}
        >
          <Icon name="upload" />
          <span>
            {progress === null ? t("header.upload") : t("header.uploading", { percent: progress })}
          </span>
        </a>
      )}
      {account.value ? (
        <>
          {!account.value.isLimited && <NotificationBell key={account.value.id} />}
          <AccountMenu account={account.value} />
        </>
      ) : (
        account.value === null && <VisitorLinks />
      )}
    </div>
  );
}

/** The site header: logo, search, upload link and account menu. */
export function Header() {
  const { path } = useLocation();
  useSlashKey();
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
        <ThemeToggle />
        <SessionControls />
      </nav>
    </header>
  );
}
