import { expect, test } from "vitest";
import { ACCESS } from "../domain/access-rules.ts";
import { anonymous, call } from "../../tests/support/worker/api.ts";
import type { OpenApiDocument } from "./openapi.ts";

const load = async () =>
  (await (await call(anonymous, "GET", "/openapi.json")).json()) as OpenApiDocument;
function operationsOf(document: OpenApiDocument) {
  return Object.values(document.paths ?? {}).flatMap((path) =>
    (["get", "post", "put", "patch", "delete"] as const).flatMap((method) => path[method] ?? []),
  );
}

test("every operation has a row in the authorization table, and every row an operation", async () => {
  const ids = operationsOf(await load()).map((operation) => operation.operationId);
  expect(new Set(ids)).toEqual(new Set(Object.keys(ACCESS)));
  expect(ids).toHaveLength(Object.keys(ACCESS).length);
});

test("every operation has a summary, a tag, its scope and the error format", async () => {
  const document = await load();
  expect(document.openapi).toBe("3.1.0");
  expect(document.components?.schemas?.["Problem"]).toBeDefined();
  for (const operation of operationsOf(document)) {
    expect(operation.summary).toBeTruthy();
    expect(operation.responses?.["default"]).toBeDefined();
    expect(operation.security?.length).toBeGreaterThan(0);
  }
});

test("the docs page names every operation, and loads and runs nothing", async () => {
  const response = await call(anonymous, "GET", "/docs");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  const page = await response.text();
  for (const { operationId } of operationsOf(await load()))
    expect(page).toContain(`id="${operationId}"`);
  expect(page).not.toMatch(/<script|<link|<img|\son\w+=|undefined|\[object/);
});
