import "./admin.css";
import { useRoute } from "preact-iso";
import { NotFound } from "../components/not-found.tsx";
import { usePageTitle } from "../components/page-title.ts";
import { RequireAccount } from "../components/require-account.tsx";
import { EmptyState } from "../components/states.tsx";
import type { Role } from "../../workers/contract/accounts.ts";
import { isOneOf, MODERATORS, OPERATORS } from "../../workers/contract/scopes.ts";
import { TabLinks } from "../components/tab-links.tsx";
import { type PlainKey, t } from "../i18n/translate.ts";
import { account } from "../session.ts";
import type { AdminSection } from "../site-paths.ts";
import { AuditLog } from "./audit-log.tsx";
import { Accounts } from "./accounts.tsx";
import { LostMessages } from "./lost-messages.tsx";
import { Metrics } from "./metrics.tsx";
import { Moderation } from "./moderation.tsx";
import { Overview } from "./overview.tsx";
import { Reports } from "./reports.tsx";
import { Runners } from "./runners.tsx";
import { Settings } from "./settings.tsx";
import { UsageAndCost } from "./usage.tsx";
import { Work } from "./work.tsx";

interface Section {
  path: "" | AdminSection;
  title: PlainKey;
  /** The roles that may open it. */
  roles: readonly Role[];
  component: () => preact.VNode;
}

const SECTIONS: Section[] = [
  { path: "", title: "admin.overview", roles: OPERATORS, component: () => <Overview /> },
  { path: "work", title: "operate.work", roles: OPERATORS, component: () => <Work /> },
  { path: "metrics", title: "admin.metrics", roles: OPERATORS, component: () => <Metrics /> },
  { path: "usage", title: "operate.usage", roles: OPERATORS, component: () => <UsageAndCost /> },
  { path: "reports", title: "admin.reports", roles: MODERATORS, component: () => <Reports /> },
  {
    path: "moderation",
    title: "moderation.title",
    roles: MODERATORS,
    component: () => <Moderation />,
  },
  { path: "accounts", title: "admin.accounts", roles: ["admin"], component: () => <Accounts /> },
  { path: "settings", title: "admin.settings", roles: ["admin"], component: () => <Settings /> },
  { path: "runners", title: "admin.runners", roles: OPERATORS, component: () => <Runners /> },
  {
    path: "messages",
    title: "admin.messages",
    roles: OPERATORS,
    component: () => <LostMessages />,
  },
  { path: "audit", title: "audit.title", roles: ["admin"], component: () => <AuditLog /> },
];

/** The pages of the site's staff: one address per section, and each role sees its own. */
export function Admin() {
  const path = useRoute().params["section"] ?? "";
  const own = SECTIONS.filter(({ roles }) => isOneOf(roles, account.value?.role));
  // Accounts that may not see the overview start with the first page that they may see.
  const section =
    own.find((candidate) => candidate.path === path) ??
    (path === "" ? own[0] : undefined) ??
    SECTIONS.find((candidate) => candidate.path === path);
  usePageTitle(section && `${t(section.title)} – ${t("admin.title")}`);
  if (!section) return <NotFound />;
  return (
    <RequireAccount reason={t("admin.reason")}>
      {own.includes(section) ? (
        <div class="page">
          <header class="page-head">
            <h1>{t("admin.title")}</h1>
          </header>
          <TabLinks
            label={t("admin.title")}
            tabs={own.map((item) => ({
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
