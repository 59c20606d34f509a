import { afterEach } from "vitest";
import { secretsInLog } from "../secrets-in-log.ts";

/** Lines of the transcoder's log that no operator should see. */
const secrets: string[] = [];
const { error } = console;
console.error = (...values: unknown[]) => {
  secrets.push(...secretsInLog(String(values[0])));
  error(...values);
};
afterEach(() => {
  const [first] = secrets.splice(0);
  if (first !== undefined) throw new Error(`The log has ${first}`);
});
