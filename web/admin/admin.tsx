import "./admin.css";
import { useRoute } from "preact-iso";
import { NotFound } from "../components/not-found.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { RequireAccount } from "../components/require-account.tsx";
import { EmptyState } from "../components/states.tsx";
import { TabLinks } from "../components/tab-links.tsx";
import { type PlainKey, t } from "../i18n/translate.ts";
import { account } from "../session.ts";
import type { AdminSection } from "../site-paths.ts";
import { LostMessages } from "./lost-messages.tsx";
import { Metrics } from "./metrics.tsx";
import { Overview } from "./overview.tsx";
import { Reports } from "./reports.tsx";
import { Runners } from "./runners.tsx";

const SECTIONS: { path: "" | AdminSection; title: PlainKey; component: () => preact.VNode }[] = [
  { path: "", title: "admin.overview", component: () => <Overview /> },
  { path: "metrics", title: "admin.metrics", component: () => <Metrics /> },
  { path: "reports", title: "admin.reports", component: () => <Reports /> },
  { path: "runners", title: "admin.runners", component: () => <Runners /> },
  { path: "messages", title: "admin.messages", component: () => <LostMessages /> },
];

/** What runs the site, for its admins: one address per section. */
export function Admin() {
  const path = useRoute().params["section"] ?? "";
  const section = SECTIONS.find((candidate) => candidate.path === path);
  usePageTitle(section && `${t(section.title)} – ${t("admin.title")}`);
  if (!section) return <NotFound />;
  return (
    <RequireAccount reason={t("admin.reason")}>
      {account.value?.role === "admin" ? (
        <div class="page">
          <header class="page-head">
            <h1>{t("admin.title")}</h1>
          </header>
          <TabLinks
            label={t("admin.title")}
            tabs={SECTIONS.map((item) => ({
              href: item.path === "" ? "/admin" : `/admin/${item.path}`,
              text: t(item.title),
              isCurrent: item === section,
            }))}
          />
          <div class="admin">{section.component()}</div>
        </div>
      ) : (
        <div class="page">
          <EmptyState title={t("admin.noAdmin")}>{t("admin.noAdminText")}</EmptyState>
        </div>
      )}
    </RequireAccount>
  );
}
