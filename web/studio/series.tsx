import { useLocation } from "preact-iso";
import { usePageTitle } from "../components/page-title.ts";
import { OwnPlaylists } from "../library/own-playlists.tsx";
import { t } from "../i18n/translate.ts";
import { RequireCreator } from "./require-creator.tsx";
import { StudioTabs } from "./studio-tabs.tsx";

const KINDS = ["series", "playlist"] as const;

/** The creator's series and playlists. A new one opens, so that videos can be added to it. */
export function StudioSeries() {
  const { route } = useLocation();
  usePageTitle(t("studio.playlists"));
  return (
    <RequireCreator>
      <OwnPlaylists
        title={t("studio.playlists")}
        kinds={KINDS}
        tabs={<StudioTabs current="/studio/playlists" />}
        onCreated={({ id }) => route(`/playlist/${id}`)}
      />
    </RequireCreator>
  );
}
