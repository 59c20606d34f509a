import fc from "fast-check";
import type { OpenApiDocument } from "../../../workers/routes/openapi.ts";
import type { AnySchema } from "../../../workers/routes/schema-text.ts";

type Operation = NonNullable<NonNullable<OpenApiDocument["paths"]>[string]["get"]>;

/** A request that may be valid, almost valid or hostile. */
export interface FuzzRequest {
  operation: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
}

/** Strings that often break software. */
export const HOSTILE = fc.constantFrom(
  "",
  " ",
  "\0",
  "\r\nX-Injected: 1",
  "' OR 1=1 --",
  "../../../etc/passwd",
  "..%2f..%2f",
  "%00",
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "NEAR(",
  '"',
  "*",
  "a:b",
  "-",
  "🦀".repeat(300),
  "x".repeat(70_000),
  "\u202e",
  "\ud800",
  "NaN",
  "1e999",
  "-1",
  "99999999999999999999",
  "null",
  "__proto__",
  "constructor",
  "{{7*7}}",
  "${7*7}",
  "ﬀ",
  "İ",
);
export const ANYTHING = fc.oneof(
  HOSTILE,
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.double(),
  fc.constant(null),
);

/** Values that almost always match a schema of the API. */
function matching(schema: AnySchema, ids: readonly string[]): fc.Arbitrary<unknown> {
  if ("$ref" in schema) return fc.jsonValue();
  if (schema.enum) return fc.constantFrom<unknown>(...schema.enum);
  if (schema.const !== undefined) return fc.constant(schema.const);
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return fc.oneof(...variants.map((variant) => matching(variant, ids)));
  const types = [schema.type ?? "string"].flat();
  return fc.oneof(...types.map((type) => matchingType(schema, type, ids)));
}

function matchingType(
  schema: Exclude<AnySchema, { $ref: string }>,
  type: string,
  ids: readonly string[],
): fc.Arbitrary<unknown> {
  switch (type) {
    case "null":
      return fc.constant(null);
    case "boolean":
      return fc.boolean();
    case "integer":
      return fc.integer({
        min: Math.max(schema.minimum ?? 0, -(2 ** 31)),
        max: Math.min(schema.maximum ?? 2 ** 31 - 1, 2 ** 31 - 1),
      });
    case "number":
      return fc.double({ min: schema.minimum ?? 0, max: schema.maximum ?? 1e9, noNaN: true });
    case "array": {
      const items =
        "items" in schema && schema.items ? matching(schema.items, ids) : fc.jsonValue();
      return fc.array(items, {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 5, 5),
      });
    }
    case "object":
      return matchingObject(schema, ids);
    default:
      return matchingString(schema, ids);
  }
}

function matchingObject(
  schema: Exclude<AnySchema, { $ref: string }>,
  ids: readonly string[],
): fc.Arbitrary<unknown> {
  const properties = Object.entries(schema.properties ?? {}).map(
    ([name, property]) => [name, matching(property, ids)] as const,
  );
  return fc.record(Object.fromEntries(properties), { requiredKeys: schema.required ?? [] });
}

function matchingString(
  schema: Exclude<AnySchema, { $ref: string }>,
  ids: readonly string[],
): fc.Arbitrary<string> {
  if (schema.format === "date-time")
    return fc
      .date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) })
      .map((date) => date.toISOString());
  if (schema.pattern?.includes("{22}"))
    return fc.oneof(fc.constantFrom(...ids), fc.stringMatching(/^[0-9A-Za-z]{22}$/));
  if (schema.pattern !== undefined) return fc.stringMatching(new RegExp(schema.pattern));
  const words = fc.constantFrom(
    "video/mp4",
    "me",
    "film",
    "en",
    "http://localhost:8788/watch/x",
    "a video",
  );
  return fc.oneof(
    words,
    fc.string({
      minLength: schema.minLength ?? 0,
      maxLength: Math.min(schema.maxLength ?? 60, 60),
    }),
  );
}

/** Bodies: matching, with fields changed or added, any JSON, or no JSON at all. */
function bodies(schema: AnySchema, ids: readonly string[]): fc.Arbitrary<string> {
  const valid = matching(schema, ids);
  const extra = fc.dictionary(
    fc.constantFrom(
      "ownerId",
      "role",
      "state",
      "id",
      "views",
      "__proto__",
      "title",
      "size",
      "tags",
      "at",
    ),
    ANYTHING,
    { maxKeys: 3 },
  );
  const changed = fc
    .tuple(valid, extra)
    .map(([value, more]) => (typeof value === "object" ? { ...value, ...more } : more));
  const json = fc.oneof(
    { arbitrary: valid, weight: 5 },
    { arbitrary: changed, weight: 3 },
    { arbitrary: ANYTHING, weight: 1 },
  );
  return fc.oneof(
    { arbitrary: json.map((value) => JSON.stringify(value) ?? ""), weight: 9 },
    { arbitrary: HOSTILE, weight: 1 },
  );
}

const toText = (value: unknown): string =>
  (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).toWellFormed();

function requestsOf(
  method: string,
  path: string,
  operation: Operation,
  ids: readonly string[],
): fc.Arbitrary<FuzzRequest> {
  const values = (schema: AnySchema) =>
    fc
      .oneof({ arbitrary: matching(schema, ids), weight: 6 }, { arbitrary: HOSTILE, weight: 1 })
      .map((value) => encodeURIComponent(toText(value)));
  const parameters = (operation.parameters ?? []).flatMap((parameter) =>
    "$ref" in parameter || !parameter.schema
      ? []
      : [{ name: parameter.name, in: parameter.in, schema: parameter.schema }],
  );
  const inPath = parameters.filter((parameter) => parameter.in === "path");
  const inQuery = parameters.filter((parameter) => parameter.in === "query");
  const recordOf = (fields: typeof parameters, requiredKeys?: string[]) =>
    fc.record(
      Object.fromEntries(fields.map(({ name, schema }) => [name, values(schema)])),
      requiredKeys ? { requiredKeys } : {},
    );
  const { requestBody } = operation;
  const [contentType, media] =
    requestBody && "content" in requestBody ? (Object.entries(requestBody.content)[0] ?? []) : [];
  const schema = media && "schema" in media ? (media.schema as AnySchema) : undefined;
  const headers = fc.record(
    {
      "content-type": fc.oneof(
        { arbitrary: fc.constant(contentType ?? "application/json"), weight: 9 },
        {
          arbitrary: fc.constantFrom(
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "a/b; c",
          ),
          weight: 1,
        },
      ),
      "idempotency-key": fc.constantFrom("k1", "k2", "a b", "x".repeat(300)),
      origin: fc.constantFrom("https://evil.example", "null"),
      cookie: fc.constant("better-auth.session_token=x"),
    },
    { requiredKeys: ["content-type"] },
  );
  return fc
    .record({
      inPath: recordOf(inPath),
      inQuery: recordOf(inQuery, []),
      headers,
      body: schema
        ? fc.option(bodies(schema, ids), { freq: 15, nil: undefined })
        : fc.constant(undefined),
    })
    .map((parts) => {
      const filled = path.replaceAll(/\{(.+?)\}/g, (_, name: string) => parts.inPath[name] ?? "");
      const query = Object.entries(parts.inQuery)
        .map(([name, value]) => `${name}=${value}`)
        .join("&");
      return {
        operation: operation.operationId ?? "",
        method: method.toUpperCase(),
        url: `${filled}${query && `?${query}`}`,
        headers: parts.headers,
        body: parts.body,
      };
    });
}

/** Its changes would affect every other test of the isolate. It has its own test. */
const UNFIT: ReadonlySet<string> = new Set(["settings.put"]);

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** Requests to every operation with one of the methods, all equally likely. */
export function fuzzRequests(
  document: OpenApiDocument,
  ids: readonly string[],
  methods: readonly Method[],
): fc.Arbitrary<FuzzRequest> {
  const each = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      const isFit = operation && !UNFIT.has(operation.operationId ?? "");
      return isFit ? [requestsOf(method, path, operation, ids)] : [];
    }),
  );
  return fc.oneof(...each);
}
