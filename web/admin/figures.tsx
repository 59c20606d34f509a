import type { ComponentChildren } from "preact";
import { wholeNumber } from "../format.ts";

interface Figure {
  name: string;
  value: number | string;
  note?: ComponentChildren;
}

/** Numbers at a glance. */
export function Figures({ figures }: { figures: readonly Figure[] }) {
  return (
    <dl class="figures">
      {figures.map(({ name, value, note }) => (
        <div class="figure-box" key={name}>
          <dt>{name}</dt>
          <dd class="figure-value">{typeof value === "number" ? wholeNumber(value) : value}</dd>
          {note && <dd class="soft">{note}</dd>}
        </div>
      ))}
    </dl>
  );
}
