/** `npm run deploy:record`: writes docs/deploy-plan.txt, which shows what `npm run deploy -- --plan` prints on an empty account. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { recordPlan } from "./deploy/recorded-plan.ts";
import { ROOT } from "./dev/settings.ts";

await writeFile(join(ROOT, "docs/deploy-plan.txt"), await recordPlan());
console.log("docs/deploy-plan.txt");
