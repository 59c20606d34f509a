const METHODS = ["log", "info", "warn", "error"] as const;
/** One line of each of these is shown. */
const NOTABLE = /failed|error|interrupted|contended|expired|retried|quarantin/;

/** Counts what the product logs instead of printing it. */
export class ProductLog {
  readonly #counts = new Map<string, number>();
  readonly #samples = new Map<string, string>();
  readonly #console = { ...console };

  install(): void {
    for (const method of METHODS) console[method] = (line: unknown) => this.#read(String(line));
  }

  uninstall(): void {
    Object.assign(console, this.#console);
  }

  count(event: string): void {
    this.#counts.set(event, (this.#counts.get(event) ?? 0) + 1);
  }

  lines(): string[] {
    return [...this.#counts]
      .toSorted(([, left], [, right]) => right - left)
      .map(([event, count]) => {
        const sample = this.#samples.get(event);
        return `${String(count).padStart(8)}  ${event}${sample === undefined ? "" : `  ${sample}`}`;
      });
  }

  #read(line: string): void {
    let event = "other";
    try {
      const parsed = JSON.parse(line) as { event?: string; msg?: string };
      event = parsed.event ?? parsed.msg ?? event;
    } catch {
      event = line.slice(0, 80);
    }
    this.count(event);
    if (NOTABLE.test(event) && !this.#samples.has(event))
      this.#samples.set(event, line.slice(0, 300));
  }
}
