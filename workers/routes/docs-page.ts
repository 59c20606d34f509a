import { html, raw } from "hono/html";
import type { OpenApiDocument } from "./openapi.ts";
import { type AnySchema, limitsText, schemaText } from "./schema-text.ts";

type Operation = NonNullable<NonNullable<OpenApiDocument["paths"]>[string]["get"]>;
interface DocumentedOperation {
  method: string;
  path: string;
  operation: Operation;
}

const STYLESHEET = `:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent)}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem}
pre{overflow:auto;border:1px solid var(--line);border-radius:.4rem;padding:.6rem;font-size:.85rem}
code,pre{font-family:ui-monospace,monospace}section{border-top:1px solid var(--line);padding:1rem 0}
h3{margin:.2rem 0;font-size:1rem}h3 code{font-weight:600}nav ul{columns:16rem;padding-left:1rem}
table{border-collapse:collapse}td{padding:.15rem .8rem .15rem 0;vertical-align:top}summary{cursor:pointer}small{opacity:.75}`;

/** The page is text and one style, which its hash allows. It loads and runs nothing. */
export async function docsHeaders(): Promise<Record<string, string>> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLESHEET));
  const hash = btoa(String.fromCharCode(...new Uint8Array(digest)));
  return {
    "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    "x-content-type-options": "nosniff",
    "cache-control": "public, max-age=300",
  };
}

/** Renders the document as one page of HTML. It has no script, so it works under the strictest CSP. */
export function docsPage(document: OpenApiDocument) {
  const groups = Map.groupBy(entriesOf(document), (entry) => entry.operation.tags?.[0] ?? "Other");
  const { title, description } = document.info;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <style>
          ${raw(STYLESHEET)}
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p>${description}</p>
        <p>As an OpenAPI document: <a href="/openapi.json">openapi.json</a></p>
        <nav>
          ${[...groups].map(
            ([name, entries]) =>
              html`<h2>${name}</h2>
                <ul>
                  ${entries.map(linkOf)}
                </ul>`,
          )}
        </nav>
        ${[...groups].map(
          ([name, entries]) =>
            html`<h2>${name}</h2>
              ${entries.map(sectionOf)}`,
        )}
        ${Object.entries(document.components?.schemas ?? {}).map(
          ([name, schema]) =>
            html`<section id="schema-${name}">
              <h3>${name}</h3>
              <pre>${schemaText(schema)}</pre>
            </section>`,
        )}
      </body>
    </html>`;
}

function entriesOf(document: OpenApiDocument): DocumentedOperation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    (["get", "post", "put", "patch", "delete"] as const).flatMap((method) => {
      const operation = item[method];
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

const linkOf = ({ method, path, operation }: DocumentedOperation) =>
  html`<li><a href="#${operation.operationId}">${method} ${path}</a></li>`;

function sectionOf({ method, path, operation }: DocumentedOperation) {
  return html`<section id="${operation.operationId}">
    <h3><code>${method} ${path}</code></h3>
    <p>${operation.summary}. ${operation.description}</p>
    <p><small>${callersOf(operation)}</small></p>
    ${parametersOf(operation)} ${bodyOf(operation)} ${responsesOf(operation)}
  </section>`;
}

function callersOf(operation: Operation): string {
  const scopes = operation.security?.flatMap((requirement) => requirement["bearer"] ?? []) ?? [];
  const isOpen = operation.security?.some((requirement) => Object.keys(requirement).length === 0);
  const scope = scopes.length > 0 ? ` with the scope ${scopes.join(", ")}` : "";
  return isOpen
    ? `Open to everyone, also with an access token${scope}.`
    : `Requires an access token${scope}.`;
}

function parametersOf(operation: Operation) {
  const rows = (operation.parameters ?? []).flatMap((parameter) => {
    if ("$ref" in parameter || !parameter.schema) return [];
    const { name, schema, description } = parameter;
    return html`<tr>
      <td><code>${name}</code></td>
      <td>${parameter.in}</td>
      <td>${schemaText(schema)} <small>${limitsText(schema)} ${description}</small></td>
    </tr>`;
  });
  return rows.length === 0
    ? ""
    : html`<table>
        ${rows}
      </table>`;
}

function bodyOf(operation: Operation) {
  const body = operation.requestBody;
  if (!body || "$ref" in body) return "";
  return Object.entries(body.content).map(([type, media]) => {
    const schema = "schema" in media ? media.schema : undefined;
    return html`<details>
      <summary>Body: ${type}</summary>
      <pre>${schema ? schemaText(schema) : ""}</pre>
    </details>`;
  });
}

function responsesOf(operation: Operation) {
  return Object.entries(operation.responses ?? {})
    .filter(([status]) => status !== "default")
    .map(([status, response]) => {
      const [media] = Object.values<{ schema?: AnySchema }>(response.content ?? {});
      const schema = media?.schema;
      const text = html`<b>${status}</b> ${response.description}`;
      return schema
        ? html`<details>
            <summary>${text}</summary>
            <pre>${schemaText(schema)}</pre>
          </details>`
        : html`<p>${text}</p>`;
    });
}
