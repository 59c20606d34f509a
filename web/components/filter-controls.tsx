import "./filter-controls.css";

interface FilterSelectProps {
  label: string;
  value: string;
  /** The label of an empty value. */
  any: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

/** Chooses what a list is filtered by, or sorted. An empty value is the first choice. */
export function FilterSelect({ label, value, any, options, onChange }: FilterSelectProps) {
  return (
    <select
      class={`filter ${value ? "filter-on" : ""}`}
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      <option value="">{any}</option>
      {options.map(([key, name]) => (
        <option key={key} value={key}>
          {name}
        </option>
      ))}
    </select>
  );
}

export function FilterToggle({
  label,
  on,
  onChange,
}: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <button
      type="button"
      class={`filter ${on ? "filter-on" : ""}`}
      aria-pressed={on}
      onClick={() => onChange(!on)}
    >
      {label}
    </button>
  );
}
