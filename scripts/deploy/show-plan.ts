import type { AccountState } from "./account-state.ts";
import type { Instance } from "./instance.ts";
import type { Plan } from "./plan.ts";

const section = (title: string, lines: readonly string[], mark: string): string[] =>
  lines.length === 0 ? [] : ["", title, ...lines.map((line) => `  ${mark} ${line}`)];

/** A plan in readable form, shown before anything changes. */
export function showPlan(
  instance: Instance,
  { account }: Pick<AccountState, "account">,
  plan: Plan,
): string {
  const steps = plan.steps.map(({ what }) => what);
  return [
    `Instance ${instance.name} in the account ${account.name} (${account.id})`,
    ...section("Stays as it is:", plan.kept, "="),
    ...section("Would happen, in this order:", steps, "+"),
    ...section("Warnings:", plan.warnings, "!"),
    ...section("Prevents the deployment:", plan.obstacles, "x"),
  ].join("\n");
}
