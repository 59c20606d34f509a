/** A step that could not be taken here: neither passed nor failed. */
export class NotDone extends Error {}

/** A report as far as it counts; what else stands in it (errors of npm, a mirror's page) is no report. */
function vulnerabilitiesOf(report: string): Record<string, number> | null {
  try {
    const parsed = JSON.parse(report.slice(report.indexOf("{"), report.lastIndexOf("}") + 1)) as {
      metadata?: { vulnerabilities?: Record<string, number> };
    };
    return parsed.metadata?.vulnerabilities ?? null;
  } catch {
    return null;
  }
}

/**
 * What `npm audit --json` printed, whatever it was.
 * @throws NotDone where the registry gave no advisories, Error where one is high or critical
 */
export function readAudit(report: string): string {
  const vulnerabilities = vulnerabilitiesOf(report);
  if (!vulnerabilities) throw new NotDone("not audited: this registry answers no advisories");
  const { high = 0, critical = 0 } = vulnerabilities;
  if (high + critical > 0)
    throw new Error(`${high} high, ${critical} critical: see npm audit --omit=dev`);
  return "no high or critical advisory";
}
