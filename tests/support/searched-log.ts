import { type MockInstance, vi } from "vitest";
import { secretsInLog } from "./secrets-in-log.ts";

const METHODS = ["log", "warn", "error"] as const;
type Method = (typeof METHODS)[number];

/** Findings since the last test. */
const found: string[] = [];

/** Searches output of the product. `expectNoSecrets` reports the findings. */
export function searchLog(output: string): void {
  found.push(...secretsInLog(output));
}

/** To be called at the end of each test. @throws Error with the first line of the log that has a secret */
export function expectNoSecrets(): void {
  const [first] = found.splice(0);
  if (first !== undefined) throw new Error(`The log has ${first}`);
}

const isLogMethod = (name: unknown): name is Method => METHODS.some((method) => method === name);

let searchedConsole: Console | undefined;

/** Searches everything written to the console, including what tests that spy on it hide. Test files may share a process. */
export function searchConsole(): void {
  if (searchedConsole === console) return;
  searchedConsole = console;
  const searched =
    (write: (...values: unknown[]) => unknown) =>
    (...values: unknown[]): void => {
      searchLog(String(values[0]));
      write(...values);
    };
  for (const method of METHODS) console[method] = searched(console[method].bind(console));
  const { spyOn } = vi;
  vi.spyOn = ((object: object, name: never) => {
    const spy = spyOn(object, name) as MockInstance;
    if (object !== console || !isLogMethod(name)) return spy;
    const implement = spy.mockImplementation.bind(spy);
    spy.mockImplementation = (write) => implement(searched(write));
    return spy;
  }) as typeof spyOn;
}
