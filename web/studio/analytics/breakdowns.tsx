import type { ComponentChildren } from "preact";
import type { Analytics, AnalyticsTable } from "../../../workers/contract/analytics.ts";
import {
  AUDIENCE_SOURCES,
  type AudienceDimension,
  type AudienceSource,
} from "../../../workers/contract/audience-names.ts";
import { clock, wholeNumber } from "../../format.ts";
import { locale, type PlainKey, t } from "../../i18n/translate.ts";
import type { AnalyticsSubject } from "./analytics-api.ts";
import { CsvButton } from "./csv-button.tsx";

const DEVICES: Record<string, PlainKey> = {
  desktop: "analytics.device.desktop",
  phone: "analytics.device.phone",
  tablet: "analytics.device.tablet",
  tv: "analytics.device.tv",
};

function countryName(code: string): string {
  // Cloudflare's codes for no country and for Tor.
  if (!/^[A-Z]{2}$/.test(code) || code === "XX") return t("analytics.unknown");
  return new Intl.DisplayNames(locale(), { type: "region", fallback: "code" }).of(code) ?? code;
}

function valueName(by: AudienceDimension, value: string): string {
  switch (by) {
    case "source":
      return AUDIENCE_SOURCES.includes(value as AudienceSource)
        ? t(`analytics.source.${value as AudienceSource}`)
        : value;
    case "country":
      return countryName(value);
    case "device":
      return DEVICES[value] ? t(DEVICES[value]) : value;
    case "captions":
      return t(value === "on" ? "analytics.captions.on" : "analytics.captions.off");
    case "search":
    case "host":
      return value;
  }
}

interface Row {
  key: string;
  name: string;
  /** Address of the page in the studio. */
  href?: string;
  views: number;
  watchSeconds: number | null;
}

interface Props {
  data: Analytics;
  subject: AnalyticsSubject;
}

/** The most watched videos, and the dimensions of views. */
export function Breakdowns({ data, subject }: Props) {
  const table = (by: AnalyticsTable, title: string, rows: Row[]) => (
    <ValueTable key={by} title={title} rows={rows}>
      <CsvButton subject={subject} period={data.period} by={by} name={title} />
    </ValueTable>
  );
  const videos = data.videos.map(({ id, title, views, watchSeconds }) => ({
    key: id,
    name: title ?? t("analytics.deleted"),
    ...(title !== null && { href: `/studio/${id}/analytics?period=${data.period}` }),
    ...{ views, watchSeconds },
  }));
  return (
    <div class="analytics-tables">
      {videos.length > 0 && table("video", t("analytics.topVideos"), videos)}
      {data.breakdowns
        .filter(({ values }) => values.length > 0)
        .map(({ by, values, otherViews }) =>
          table(by, t(`analytics.by.${by}`), [
            ...values.map(({ value, views, watchSeconds }) => ({
              key: value,
              name: valueName(by, value),
              ...{ views, watchSeconds },
            })),
            ...(otherViews > 0
              ? [{ key: "", name: t("analytics.other"), views: otherViews, watchSeconds: null }]
              : []),
          ]),
        )}
    </div>
  );
}

interface TableProps {
  title: string;
  rows: readonly Row[];
  children: ComponentChildren;
}

function ValueTable({ title, rows, children }: TableProps) {
  const all = rows.reduce((sum, { views }) => sum + views, 0);
  return (
    <section class="analytics-table" aria-label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">{title}</span>
            </th>
            <th scope="col">{t("analytics.views")}</th>
            <th scope="col">{t("analytics.watchTime")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, name, href, views, watchSeconds }) => (
            <tr key={key} style={{ "--share": `${all > 0 ? (100 * views) / all : 0}%` }}>
              <th scope="row" dir="auto">
                {href ? <a href={href}>{name}</a> : name}
              </th>
              <td>{wholeNumber(views)}</td>
              <td>{watchSeconds === null ? "–" : clock(watchSeconds)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {children}
    </section>
  );
}
