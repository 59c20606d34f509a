import type { ComponentChildren } from "preact";
import { t } from "../i18n/translate.ts";

interface Choice {
  value: string;
  label: string;
}
interface Props {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChoose: (value: string) => void;
  /** Left out where there is hardly any space. */
  isExtra?: boolean;
}

/** An item of the settings menu whose submenu has one choice selected. */
export function ChoiceMenu({ label, choices, value, onChoose, isExtra = true }: Props) {
  return (
    <media-settings-menu-item class={isExtra ? "player-extra" : ""}>
      {label}
      <media-chrome-menu
        slot="submenu"
        hidden
        onChange={(event: Event) => {
          const { value: chosen } = event.currentTarget as HTMLElement & { value: string };
          if (chosen !== value) onChoose(chosen);
        }}
      >
        <div slot="title">{label}</div>
        {choices.map((choice) => (
          <media-chrome-menu-item
            key={choice.value}
            type="radio"
            value={choice.value}
            checked={choice.value === value}
          >
            <MenuText>{choice.label}</MenuText>
          </media-chrome-menu-item>
        ))}
      </media-chrome-menu>
    </media-settings-menu-item>
  );
}

function MenuText({ children }: { children: ComponentChildren }) {
  return (
    <span class="player-menu-text" dir="auto">
      {children}
    </span>
  );
}

/** A setting that is on or off. */
export function SwitchMenu(props: { label: string; on: boolean; onSwitch: (on: boolean) => void }) {
  return (
    <ChoiceMenu
      label={props.label}
      choices={[
        { value: "off", label: t("player.off") },
        { value: "on", label: t("player.on") },
      ]}
      value={props.on ? "on" : "off"}
      onChoose={(value) => props.onSwitch(value === "on")}
    />
  );
}
