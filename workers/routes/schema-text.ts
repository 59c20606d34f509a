import type { OpenApiDocument } from "./openapi.ts";

type Schemas = NonNullable<NonNullable<OpenApiDocument["components"]>["schemas"]>;
export type AnySchema = Schemas[string];
type Schema = Exclude<AnySchema, { $ref: string }>;

/** Deeper than any of our schemas. It ends the recursion of a schema that contains itself. */
const MAX_DEPTH = 8;

/** Writes a schema as a TypeScript type, with its limits as comments. */
export function schemaText(schema: AnySchema, indent = ""): string {
  if ("$ref" in schema) return schema.$ref?.split("/").at(-1) ?? "unknown";
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return variants.map((variant) => schemaText(variant, indent)).join(" | ");
  const types = [schema.type ?? "unknown"].flat();
  return types.map((type) => typeText(schema, type, indent)).join(" | ");
}

function typeText(schema: Schema, type: string, indent: string): string {
  if (type === "array")
    return "items" in schema && schema.items
      ? `${parenthesize(schemaText(schema.items, indent))}[]`
      : "unknown[]";
  if (type !== "object") return type;
  if (!schema.properties || indent.length > 2 * MAX_DEPTH) return recordText(schema, indent);
  const inner = `${indent}  `;
  const required = new Set(schema.required);
  const lines = Object.entries(schema.properties).map(([name, property]) => {
    const note = limitsText(property);
    return `${inner}${name}${required.has(name) ? "" : "?"}: ${schemaText(property, inner)};${note && ` // ${note}`}`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

const parenthesize = (text: string): string => (/^[^{]*\|/.test(text) ? `(${text})` : text);

function recordText(schema: Schema, indent: string): string {
  const values = schema.additionalProperties;
  return `{ [name]: ${typeof values === "object" ? schemaText(values, indent) : "unknown"} }`;
}

/** The limits of a schema in words: `1 to 100`, `at most 200 characters`, `date-time`. */
export function limitsText(schema: AnySchema): string {
  if ("$ref" in schema) return "";
  const range = (low: number | undefined, high: number | undefined, unit: string): string => {
    if (low !== undefined && high !== undefined) return `${low} to ${high}${unit}`;
    if (high !== undefined) return `at most ${high}${unit}`;
    return low === undefined ? "" : `at least ${low}${unit}`;
  };
  const high = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  return [
    schema.format,
    range(schema.minimum, high, ""),
    range(schema.minLength, schema.maxLength, " characters"),
    range(schema.minItems, schema.maxItems, " items"),
    schema.default === undefined ? "" : `default ${JSON.stringify(schema.default)}`,
  ]
    .filter(Boolean)
    .join(", ");
}
