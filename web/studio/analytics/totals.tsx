import type { AnalyticsTotals } from "../../../workers/contract/analytics.ts";
import { clock, wholeNumber } from "../../format.ts";
import { locale, t } from "../../i18n/translate.ts";
import { changeOf, percentText } from "./analytics-steps.ts";

interface Props {
  totals: AnalyticsTotals;
  /** Totals of the previous period. */
  before: AnalyticsTotals;
  /** Duration in seconds, for a single video. */
  duration: number | null;
}

function seconds(value: number): string {
  const options = { style: "unit", unit: "second", unitDisplay: "short" } as const;
  return new Intl.NumberFormat(locale(), { ...options, maximumFractionDigits: 2 }).format(value);
}

type TotalTile = [
  name: string,
  of: (each: AnalyticsTotals) => number | null,
  show: (value: number) => string,
];

/** The sums of a period, each compared with the period before. */
export function Totals({ totals, before, duration }: Props) {
  const shareOf = ({ averageViewSeconds }: AnalyticsTotals): number | null =>
    duration === null || averageViewSeconds === null
      ? null
      : Math.min(1, averageViewSeconds / duration);
  const tiles: TotalTile[] = [
    [t("analytics.views"), ({ views }) => views, wholeNumber],
    [t("analytics.watchTime"), ({ watchSeconds }) => watchSeconds, clock],
    [t("analytics.averageView"), ({ averageViewSeconds }) => averageViewSeconds, clock],
    [t("analytics.averageShare"), shareOf, (share) => percentText(share)],
    [t("analytics.startup"), ({ startupSeconds }) => startupSeconds, seconds],
    [
      t("analytics.rebuffering"),
      ({ rebufferingShare }) => rebufferingShare,
      (share) => percentText(share),
    ],
  ];
  return (
    <dl class="analytics-totals" aria-label={t("analytics.totals")}>
      {tiles.map(([name, of, show]) => {
        const value = of(totals);
        const change = changeOf(value, of(before));
        return (
          value !== null && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <strong>{show(value)}</strong>
                {change !== null && (
                  <span class="soft">
                    {t("analytics.changeOf", {
                      change: percentText(change, {
                        signDisplay: "exceptZero",
                        maximumFractionDigits: 0,
                      }),
                    })}
                  </span>
                )}
              </dd>
            </div>
          )
        );
      })}
    </dl>
  );
}
