/** Prints a benchmark's figures and aims as a table, and as the last line as one JSON object. */
export function printReport(
  name: string,
  figures: Record<string, number>,
  aims: Record<string, boolean>,
): void {
  for (const [what, value] of Object.entries(figures))
    console.log(`${what.padEnd(44)} ${value.toFixed(2).padStart(10)}`);
  for (const [aim, met] of Object.entries(aims))
    console.log(`${met ? "met     " : "NOT met "} ${aim}`);
  const rounded = Object.fromEntries(
    Object.entries(figures).map(([what, value]) => [what, Math.round(value * 100) / 100]),
  );
  console.log(
    JSON.stringify({ name, figures: rounded, aims, met: Object.values(aims).every(Boolean) }),
  );
}
