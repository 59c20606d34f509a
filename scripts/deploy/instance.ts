import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ROOT } from "../dev/settings.ts";

/** The regions of D1 and R2; the other regions of Durable Objects have no databases and buckets. */
export const REGIONS = ["wnam", "enam", "weur", "eeur", "apac", "oc"] as const;

/** Not tracked by git, so that an update of the product never conflicts with the settings of an instance. */
const INSTANCE_FILE = join(ROOT, "kinora.config.json");

const isHttpsUrl = (value: string): boolean =>
  URL.canParse(value) && new URL(value).protocol === "https:";

export const Instance = z.strictObject({
  /** The name of the Worker, and the start of every other name. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{1,29}$/, "must have 2 to 30 of a-z, 0-9 and -, first a letter"),
  /** The hostname of the site, on a zone of the account; empty for `<name>-web.pages.dev`. */
  domain: z
    .string()
    .regex(
      /^$|^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/,
      "must be a hostname, such as video.example.com, or empty",
    ),
  /** The region of databases, bucket and runners; empty for the region near the deploying computer. */
  region: z.enum(["", ...REGIONS], {
    error: `must be one of ${REGIONS.join(", ")}, or empty`,
  }),
  /** The first administrator. */
  admin: z.email("must be an e-mail address, such as ada@example.com"),
  /** The endpoint of the service that sends mail as JSON; empty for none. */
  mailEndpoint: z
    .string()
    .refine((value) => value === "" || isHttpsUrl(value), "must be a URL with https://, or empty"),
  mailFrom: z.string(),
  /**
   * How parts of uploads get into the bucket: directly from the browser, or through the Worker, which needs no R2
   * token.
   */
  uploads: z.enum(["storage", "worker"], { error: "must be storage or worker" }).default("storage"),
  /** The id of the account, if the API token has access to more than one. */
  account: z
    .string()
    .regex(/^([0-9a-f]{32})?$/, "must be the id of an account: 32 of 0-9 and a-f")
    .default(""),
  /** Variables of wrangler.toml that differ in this instance, such as SIGNUP or MAX_RUNNERS. */
  vars: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).default({}),
});
export type Instance = z.infer<typeof Instance>;

/** The saved settings. @throws Error that names what is wrong in the file */
export async function readInstance(file = INSTANCE_FILE): Promise<Partial<Instance>> {
  const text = await readFile(file, "utf8").catch(() => "{}");
  const saved = Instance.partial().safeParse(JSON.parse(text));
  if (!saved.success) throw new Error(`${file} is not valid:\n${z.prettifyError(saved.error)}`);
  // Reads only the content of the file: defaults come after flags and questions.
  const named = Object.keys(JSON.parse(text) as object);
  return Object.fromEntries(Object.entries(saved.data).filter(([key]) => named.includes(key)));
}

/** Saves the settings for the next update. No secret is among them. */
export async function saveInstance(instance: Instance, file = INSTANCE_FILE): Promise<void> {
  await writeFile(file, `${JSON.stringify(instance, null, 2)}\n`);
}

export const siteName = ({ name }: Pick<Instance, "name">): string => `${name}-web`;

export const hostOf = (instance: Pick<Instance, "name" | "domain">): string =>
  instance.domain || `${siteName(instance)}.pages.dev`;

export const originOf = (instance: Pick<Instance, "name" | "domain">): string =>
  `https://${hostOf(instance)}`;
