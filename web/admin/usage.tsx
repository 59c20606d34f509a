import "./operate.css";
import type { UsageLine, UsageReport } from "../../workers/contract/usage.ts";
import { ErrorState } from "../components/states.tsx";
import { dateOf } from "../format.ts";
import { locale, rich, t } from "../i18n/translate.ts";
import { useLoad } from "../use-load.ts";
import { CreatorUsageList } from "./creator-usage.tsx";
import { Figures } from "./figures.tsx";
import { getUsage } from "./operate-api.ts";

const dollars = (amount: number): string =>
  new Intl.NumberFormat(locale(), { style: "currency", currency: "USD" }).format(amount);
/** Smaller amounts are shown as less than this. */
const SMALLEST_SHOWN = 0.01;
function compact(amount: number): string {
  const format = new Intl.NumberFormat(locale(), {
    notation: "compact",
    maximumSignificantDigits: 3,
  });
  return amount > 0 && amount < SMALLEST_SHOWN
    ? `< ${format.format(SMALLEST_SHOWN)}`
    : format.format(amount);
}
const monthName = (iso: string): string =>
  new Intl.DateTimeFormat(locale(), { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(iso),
  );

/** This month's usage and cost, and the creators who use most storage. */
export function UsageAndCost() {
  const { data, error, reload } = useLoad(getUsage, []);
  return (
    <>
      {error && !data && <ErrorState heading="h2" error={error} onRetry={reload} />}
      {!data && !error && (
        <p class="admin-loading" role="status" aria-busy="true">
          {t("admin.asking")}
        </p>
      )}
      {data && <MonthSoFar report={data} />}
      <CreatorUsageList />
    </>
  );
}

function MonthSoFar({ report }: { report: UsageReport }) {
  const { month, total, lastDay, stream, countedSince, lines, prices } = report;
  const title = t("operate.soFar", { month: monthName(month.from) });
  return (
    <section class="admin-section" aria-labelledby="operate-month">
      <h2 class="section-title" id="operate-month">
        {title}
      </h2>
      <Figures
        figures={[
          {
            name: title,
            value: dollars(total.dollars),
            note: t("operate.withPlan", { amount: dollars(total.planDollars) }),
          },
          { name: t("operate.monthEnd"), value: dollars(total.projectedDollars) },
          {
            name: t("operate.lastDay"),
            value: dollars(lastDay.dollars),
            note:
              lastDay.above === null
                ? t("operate.noCostAlert")
                : t("operate.alertAbove", { amount: dollars(lastDay.above) }),
          },
          {
            name: t("operate.stream"),
            value: dollars(stream.dollars),
            note: t("operate.streamEnd", { amount: dollars(stream.projectedDollars) }),
          },
        ]}
      />
      <p class="soft">
        {t("operate.minutes", {
          stored: compact(stream.storedMinutes),
          delivered: compact(stream.deliveredMinutes),
        })}
      </p>
      <p class="soft">
        {countedSince === null
          ? t("operate.noUsage")
          : t("operate.countedSince", { day: dateOf(countedSince) })}
      </p>
      <UsageTable lines={lines} />
      <p class="soft">
        {rich("operate.prices", {
          day: dateOf(prices.readOn),
          prices: (chunks) => <a href={prices.source}>{chunks}</a>,
          stream: (chunks) => <a href={prices.streamSource}>{chunks}</a>,
        })}
      </p>
    </section>
  );
}

function UsageTable({ lines }: { lines: readonly UsageLine[] }) {
  const name = t("operate.usageTable");
  return (
    // It scrolls on a phone, so the keyboard has to be able to focus it.
    <div class="usage-table" tabIndex={0} role="region" aria-label={name}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("operate.resource")}</th>
            <th scope="col">{t("operate.cost")}</th>
            <th scope="col">{t("operate.projectedCost")}</th>
            <th scope="col">{t("operate.used")}</th>
            <th scope="col">{t("operate.projected")}</th>
            <th scope="col">{t("operate.included")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <UsageRow key={line.resource} line={line} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function UsageRow({ line }: { line: UsageLine }) {
  const { resource, unit, used, projected, included, isEstimated } = line;
  const amount = (value: number) => t(`operate.unit.${unit}`, { amount: compact(value) });
  return (
    <tr data-resource={resource}>
      <th scope="row">
        {t(`operate.resource.${resource}`)}
        {isEstimated && <span class="soft"> ({t("operate.estimated")})</span>}
      </th>
      <td>{dollars(line.dollars)}</td>
      <td>{dollars(line.projectedDollars)}</td>
      <td>{amount(used)}</td>
      <td>{amount(projected)}</td>
      <td>{amount(included)}</td>
    </tr>
  );
}
