import { useLocation } from "preact-iso";
import { listPlaylists } from "../../api.ts";
import { usePageTitle } from "../../components/page-title.ts";
import { t } from "../../i18n/translate.ts";
import { useLoad } from "../../use-load.ts";
import { RequireCreator } from "../require-creator.tsx";
import { StudioTabs } from "../studio-tabs.tsx";
import { AnalyticsReport } from "./analytics-report.tsx";

/** How all videos of the account, or those of one of its playlists, are watched. */
export function ChannelAnalytics() {
  usePageTitle(t("studio.analytics"));
  return (
    <RequireCreator>
      <div class="page">
        <header class="page-head">
          <h1>{t("studio.analytics")}</h1>
        </header>
        <StudioTabs current="/studio/analytics" />
        <Report />
      </div>
    </RequireCreator>
  );
}

function Report() {
  const { query, path, route } = useLocation();
  const { list = "", ...rest } = query;
  const playlists = useLoad(async (signal) => (await listPlaylists(undefined, signal)).items, []);
  const choose = (id: string) => {
    const chosen = new URLSearchParams({ ...rest, ...(id && { list: id }) });
    route(chosen.size > 0 ? `${path}?${chosen}` : path, true);
  };
  return (
    <AnalyticsReport
      key={list}
      subject={list ? { kind: "playlist", id: list } : { kind: "account" }}
    >
      <label>
        {t("analytics.of")}{" "}
        <select
          class="input"
          value={list}
          onChange={({ currentTarget }) => choose(currentTarget.value)}
        >
          <option value="">{t("analytics.allVideos")}</option>
          {playlists.data?.map(({ id, title }) => (
            <option key={id} value={id}>
              {title}
            </option>
          ))}
        </select>
      </label>
    </AnalyticsReport>
  );
}
