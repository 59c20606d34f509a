import { startVitest } from "vitest/node";
import { readCommandLine } from "../scripts/command-line.ts";
import { isExplained, type Month, REASONS, type YearOptions } from "./growth/verdicts.ts";
import { printReport } from "./report.ts";

/**
 * `npm run sim:growth -- --seed S`: simulates a year of a small site in some minutes, in workerd with a simulated
 * clock: accounts join and leave, upload, abort, edit, delete, watch, search and sign in through the API, queues lose
 * messages, tasks fail, and the sweep runs as often as the cron. No table may grow without a reason that is listed in
 * growth/verdicts.ts.
 */
const { values } = readCommandLine("Usage: npm run sim:growth -- [--seed 1] [--months 12]", {
  options: { seed: { type: "string", default: "1" }, months: { type: "string", default: "12" } },
});
const year: YearOptions = {
  seed: Number(values.seed),
  months: Number(values.months),
  startsAt: Date.UTC(2027, 0, 1),
};

async function simulate(): Promise<Month[]> {
  const config = "benchmarks/growth/vitest.config.ts";
  const vitest = await startVitest("test", [], { config, watch: false, provide: { year } });
  const months = vitest.state
    .getTestModules()
    .flatMap((module) => [...module.children.allTests()])
    .flatMap((test) => test.meta().months ?? []);
  await vitest.close();
  return months;
}

const started = performance.now();
const months = await simulate();
const SHOWN = [1, 6, 12];
const at = (database: string, table: string, month: number) =>
  months[Math.min(month, months.length) - 1]?.tables[database]?.[table];
const unlisted: string[] = [];
const unexplained: string[] = [];

console.log(
  `\n${"table".padEnd(24)}${SHOWN.map((month) => `rows, ${month}`.padStart(10)).join("")}${"bytes, 12".padStart(12)}  grows with`,
);
for (const database of Object.keys(months.at(-1)?.tables ?? {})) {
  console.log(database);
  for (const table of Object.keys(months.at(-1)?.tables[database] ?? {}).sort()) {
    const reason = REASONS[database]?.[table];
    const rows = months.map((month) => month.tables[database]?.[table]?.rows ?? 0);
    if (!reason) unlisted.push(table);
    const isFine = reason && isExplained(months, rows, reason.grows);
    if (reason && !isFine) unexplained.push(table);
    const cells = SHOWN.map((month) =>
      String(at(database, table, month)?.rows ?? "-").padStart(10),
    );
    const bytes = String(at(database, table, 12)?.bytes ?? "-").padStart(12);
    const verdict = reason ? `${reason.grows}: ${reason.why}` : "not in the list";
    console.log(
      `  ${table.padEnd(22)}${cells.join("")}${bytes}  ${verdict}${isFine ? "" : "   <-- GROWS WITHOUT A REASON"}`,
    );
  }
}
const last = months.at(-1);
if (!last) process.exit(1);
const gone = Object.entries(REASONS).flatMap(([database, reasons]) =>
  Object.keys(reasons).filter((table) => !(table in (last.tables[database] ?? {}))),
);
for (const table of gone) console.log(`${table} is in the list, but does not exist`);
const aims = {
  "the year came to its end": months.length === year.months,
  "the list has every table and no other": unlisted.length + gone.length === 0,
  "no table grows without a reason": unexplained.length === 0,
};
printReport(
  "growth",
  {
    seed: year.seed,
    months: months.length,
    videos: last.videos,
    accounts: last.accounts,
    tables: Object.values(last.tables).flatMap(Object.keys).length,
    "tables that are not in the list": unlisted.length,
    "tables that grow without a reason": unexplained.length,
    minutes: (performance.now() - started) / 60_000,
  },
  aims,
);
process.exit(Object.values(aims).every(Boolean) ? 0 : 1);
