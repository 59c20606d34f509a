import type { AppScope } from "../../workers/contract/account.ts";
import { SCOPE_NAMES } from "../scope-names.ts";

interface Props<S extends AppScope> {
  legend: string;
  scopes: readonly S[];
  chosen: S[];
  onChange: (chosen: S[]) => void;
}

/** One checkbox a scope, in words. */
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
            {SCOPE_NAMES[scope]} <code class="soft">{scope}</code>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
