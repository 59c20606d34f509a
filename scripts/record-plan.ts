/** `npm run deploy:record`: writes docs/deploy-plan.txt, which shows what `npm run deploy -- --plan` prints on an empty account. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readCommandLine } from "./command-line.ts";
import { recordPlan } from "./deploy/recorded-plan.ts";
import { ROOT } from "./dev/settings.ts";

readCommandLine(
  `Usage: npm run deploy:record
Writes docs/deploy-plan.txt: what npm run deploy -- --plan prints on an empty account.`,
  {},
);
await writeFile(join(ROOT, "docs/deploy-plan.txt"), await recordPlan());
console.log("docs/deploy-plan.txt");
