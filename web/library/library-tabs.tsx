import "./library.css";
import { t } from "../i18n/translate.ts";

const TABS = [
  { path: "/library", title: "library.watchlist" },
  { path: "/library/likes", title: "library.liked" },
  { path: "/library/playlists", title: "library.playlists" },
  { path: "/history", title: "history.title" },
] as const;

/** The lists of the viewer. */
export function LibraryTabs({ current }: { current: (typeof TABS)[number]["path"] }) {
  return (
    <nav class="library-tabs" aria-label={t("header.library")}>
      <ul>
        {TABS.map(({ path, title }) => (
          <li key={path}>
            <a href={path} aria-current={path === current ? "page" : undefined}>
              {t(title)}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
