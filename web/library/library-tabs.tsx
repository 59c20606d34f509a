import { PageTabs } from "../components/tab-links.tsx";
import { t } from "../i18n/translate.ts";

const TABS = [
  { path: "/library", title: "library.watchlist" },
  { path: "/library/likes", title: "library.liked" },
  { path: "/library/playlists", title: "library.playlists" },
  { path: "/history", title: "history.title" },
] as const;

/** The lists of the viewer. */
export function LibraryTabs({ current }: { current: (typeof TABS)[number]["path"] }) {
  return <PageTabs label={t("header.library")} tabs={TABS} current={current} />;
}
