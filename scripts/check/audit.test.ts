import { expect, test } from "vitest";
import { NotDone, readAudit } from "./audit.ts";

const report = (vulnerabilities: object) => JSON.stringify({ metadata: { vulnerabilities } });

test("a report with a serious advisory fails, and one without passes", () => {
  expect(readAudit(report({ low: 3, high: 0, critical: 0 }))).toBe("no high or critical advisory");
  expect(() => readAudit(report({ high: 1 }))).toThrow("1 high, 0 critical");
  expect(() => readAudit(`npm warn old\n${report({ critical: 2 })}`)).toThrow("2 critical");
});

test.each([
  ["nothing", ""],
  ["a mirror's page", "<html>405 Method Not Allowed</html>"],
  ["half a report", '{"metadata": {'],
  ["an error of the registry", '{"message": "405 Method Not Allowed", "statusCode": 405}'],
  ["an error in braces", "npm error { code: 'EAI_AGAIN' }"],
])("%s counts as no audit, neither passed nor failed", (_, said) => {
  expect(() => readAudit(said)).toThrow(NotDone);
});
