import "./analytics.css";
import { type ComponentChildren, Fragment } from "preact";
import { useLocation } from "preact-iso";
import type { Analytics } from "../../../workers/contract/analytics.ts";
import {
  ANALYTICS_PERIODS,
  type AnalyticsPeriod,
} from "../../../workers/contract/audience-names.ts";
import type { Video } from "../../../workers/contract/videos.ts";
import { ChartFigure } from "../../charts/chart-figure.tsx";
import { EmptyState, ErrorState } from "../../components/states.tsx";
import { t } from "../../i18n/translate.ts";
import { useLoad, usePolling } from "../../use-load.ts";
import { type AnalyticsSubject, getAnalytics } from "./analytics-api.ts";
import { stepsOf, watchTimeLine } from "./analytics-steps.ts";
import { Breakdowns } from "./breakdowns.tsx";
import { CsvButton } from "./csv-button.tsx";
import { Retention } from "./retention.tsx";
import { Totals } from "./totals.tsx";

/** Numbers are added up once per minute. */
const POLL_INTERVAL_MS = 60_000;
const DEFAULT_PERIOD = "28d";

interface Props {
  subject: AnalyticsSubject;
  /** The video, if it is one. */
  video?: Video;
  /** Further controls next to the period. */
  children?: ComponentChildren;
}

/** How videos are watched in a period, which is part of the address. */
export function AnalyticsReport({ subject, video, children }: Props) {
  const { query, path, route } = useLocation();
  const period = ANALYTICS_PERIODS.find((known) => known === query["period"]) ?? DEFAULT_PERIOD;
  const loaded = useLoad((signal) => getAnalytics(subject, period, signal), [period]);
  const { data, error, reload, set } = loaded;
  usePolling(async () => set(await getAnalytics(subject, period)), true, POLL_INTERVAL_MS, [
    period,
  ]);
  const choose = (chosen: AnalyticsPeriod) =>
    route(`${path}?${new URLSearchParams({ ...query, period: chosen })}`, true);
  return (
    <section
      class="analytics"
      aria-label={t("studio.analytics")}
      aria-busy={loaded.loading && !data}
    >
      <div class="analytics-head">
        {children}
        <label>
          {t("analytics.period")}{" "}
          <select
            class="input"
            value={period}
            onChange={({ currentTarget }) => choose(currentTarget.value as AnalyticsPeriod)}
          >
            {ANALYTICS_PERIODS.map((each) => (
              <option key={each} value={each}>
                {t(`analytics.period.${each}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      {error && !data && <ErrorState heading="h2" error={error} onRetry={reload} />}
      {!data && !error && <p role="status">{t("analytics.loading")}</p>}
      {data && <Numbers data={data} subject={subject} video={video} />}
    </section>
  );
}

interface NumbersProps {
  data: Analytics;
  subject: AnalyticsSubject;
  video: Video | undefined;
}

function Numbers({ data, subject, video }: NumbersProps) {
  const { totals, before, retention, period } = data;
  if (totals.views === 0 && totals.watchSeconds === 0)
    return (
      <EmptyState
        heading="h2"
        title={t(before.views === 0 ? "analytics.empty" : "analytics.nothing")}
      >
        {t(before.views === 0 ? "analytics.emptyText" : "analytics.nothingText")}
      </EmptyState>
    );
  return (
    <>
      <Totals totals={totals} before={before} duration={video?.duration ?? null} />
      <div class="charts">
        {stepsOf(data).map(({ name, title, times, views, watchSeconds }) => (
          <Fragment key={name}>
            <ChartFigure
              name={`views-${name}`}
              title={t("analytics.viewsBy", { step: t(title) })}
              times={times}
              chart={{ unit: "count", lines: [{ name: t("analytics.views"), values: views }] }}
            />
            <ChartFigure
              name={`watched-${name}`}
              title={t("analytics.watchTimeBy", { step: t(title) })}
              times={times}
              chart={watchTimeLine(t("analytics.watchTime"), watchSeconds)}
            />
          </Fragment>
        ))}
      </div>
      <CsvButton subject={subject} period={period} by="time" />
      {video?.duration && retention && (
        <Retention video={video} duration={video.duration} retention={retention} />
      )}
      <Breakdowns data={data} subject={subject} />
      <p class="soft">{t("analytics.smallText")}</p>
    </>
  );
}
