import type { AppScope } from "../../workers/contract/accounts.ts";
import { scopeName } from "../scope-names.ts";

interface Props<S extends AppScope> {
  legend: string;
  scopes: readonly S[];
  chosen: S[];
  onChange: (chosen: S[]) => void;
}

/** A checkbox per scope. */
export function ScopeChecks<S extends AppScope>({ legend, scopes, chosen, onChange }: Props<S>) {
  return (
    <fieldset class="checks">
      <legend class="field-label">{legend}</legend>
      {scopes.map((scope) => (
        <label class="check" key={scope}>
          <input
            type="checkbox"
            checked={chosen.includes(scope)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, scope]
                  : chosen.filter((other) => other !== scope),
              )
            }
          />
          <span>
            {scopeName(scope)} <code class="soft">{scope}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
