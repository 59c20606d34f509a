import { PageTabs } from "../components/tab-links.tsx";
import { t } from "../i18n/translate.ts";

const TABS = [
  { path: "/studio", title: "studio.videos" },
  { path: "/studio/playlists", title: "studio.playlists" },
  { path: "/studio/analytics", title: "studio.analytics" },
  { path: "/studio/bin", title: "studio.bin" },
  { path: "/studio/moderation", title: "moderation.title" },
] as const;

/** The pages of the studio about all videos: lists, analytics, deleted videos, and moderators' rulings. */
export function StudioTabs({ current }: { current: (typeof TABS)[number]["path"] }) {
  return <PageTabs label={t("header.myVideos")} tabs={TABS} current={current} />;
}
