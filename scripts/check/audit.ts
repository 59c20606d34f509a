/** A step that cannot run here: it neither passes nor fails. */
export class NotDone extends Error {}

/** Counts by severity; null when the text (an error of npm, a page of a mirror) contains no report. */
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
 * @param report the output of `npm audit --json`, including anything else that npm printed
 * @throws NotDone when the registry has no advisories, Error when one is high or critical
 */
export function readAudit(report: string): string {
  const vulnerabilities = vulnerabilitiesOf(report);
  if (!vulnerabilities)
    throw new NotDone("dependencies are not audited: this registry serves no advisories");
  const { high = 0, critical = 0 } = vulnerabilities;
  if (high + critical > 0)
    throw new Error(`${high} high, ${critical} critical: see npm audit --omit=dev`);
  return "no high or critical advisory";
}
