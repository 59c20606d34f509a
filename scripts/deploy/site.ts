import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runToEnd } from "../dev/child.ts";
import { BIN, WEB } from "../dev/settings.ts";
import type { Instance } from "./instance.ts";
import type { Product } from "./product.ts";
import { DEPLOY_FOLDER } from "./secrets.ts";
import { siteConfig } from "./wrangler-config.ts";

/**
 * Lays out a folder from which wrangler deploys the site: wrangler takes the configuration of a Pages project from the
 * current folder only, and the one in `web` has the product's names. The functions are the ones in `web`.
 * @returns the folder
 */
export async function layOutSite(
  instance: Instance,
  product: Product,
  folder = join(DEPLOY_FOLDER, `${instance.name}-site`),
): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await symlink(join(WEB, "functions"), join(folder, "functions"));
  const config = JSON.stringify(siteConfig(instance, product), null, 2);
  await writeFile(join(folder, "wrangler.json"), `${config}\n`);
  return folder;
}

/** Builds the site of an instance. @param vars of its Worker; the pages depend on some of them */
export async function buildSite(folder: string, vars: Record<string, string>): Promise<void> {
  await runToEnd(
    "Building the site",
    join(BIN, "vite"),
    ["build", "--outDir", join(folder, "dist"), "--emptyOutDir"],
    {
      cwd: WEB,
      env: {
        ...process.env,
        NODE_ENV: undefined,
        PATH: `${BIN}:${process.env["PATH"] ?? ""}`,
        // The Content-Security-Policy contains the address that parts are sent to, and whether Google's Cast framework
        // may load.
        S3_ENDPOINT: vars["S3_ENDPOINT"],
        CHROMECAST: vars["CHROMECAST"],
      },
    },
  );
}
