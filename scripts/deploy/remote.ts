import Cloudflare from "cloudflare";
import type { AccountState } from "./account-state.ts";
import { apiToken } from "./credentials.ts";
import { Instance, readInstance } from "./instance.ts";
import { type Product, readProduct } from "./product.ts";
import { queryDatabase, readAccount } from "./read-account.ts";

/** The instance of kinora.config.json in its account, for commands with `--remote`. */
export interface Remote {
  client: Cloudflare;
  token: string;
  instance: Instance;
  product: Product;
  state: AccountState;
  /** Runs SQL in a database. @param binding `CATALOG` */
  query(binding: string, sql: string, params?: string[]): Promise<unknown[]>;
}

/** @throws Error when nothing was deployed from this folder, or the account does not have it */
export async function openRemote(environment: NodeJS.ProcessEnv): Promise<Remote> {
  const saved = Instance.safeParse(await readInstance());
  if (!saved.success)
    throw new Error("kinora.config.json is missing or not complete: run npm run deploy first.");
  const instance = saved.data;
  const token = apiToken(environment);
  const client = new Cloudflare({ apiToken: token });
  const product = readProduct();
  const state = await readAccount(client, instance, product);
  return {
    ...{ client, token, instance, product, state },
    query(binding, sql, params) {
      const id = state.databases[binding]?.uuid;
      if (!id) throw new Error(`The account has no database ${binding} of ${instance.name}.`);
      return queryDatabase(client, state.account.id, id, sql, params);
    },
  };
}
