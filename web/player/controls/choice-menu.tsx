import type { ComponentChildren } from "preact";
import { t } from "../../i18n/translate.ts";

interface Choice {
  value: string;
  label: string;
}
interface Props {
  label: string;
  choices: readonly Choice[];
  value: string;
  onChoose: (value: string) => void;
  /** Left out if there is hardly any space. */
  isExtra?: boolean;
}

/** An item of the settings menu whose submenu has one choice selected. */
export function ChoiceMenu({ label, choices, value, onChoose, isExtra = true }: Props) {
  return (
    <media-settings-menu-item class={isExtra ? "player-extra" : ""}>
      {label}
      <media-chrome-menu
        {...submenuNamed(label)}
        onChange={(event: Event) => {
          const { value: chosen } = event.currentTarget as HTMLElement & { value: string };
          if (chosen !== value) onChoose(chosen);
        }}
      >
        <MenuBack label={label} />
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

/** The attributes of every submenu; media-chrome gives its menus a role, but no name. */
export const submenuNamed = (label: string) =>
  ({ slot: "submenu", hidden: true, "aria-label": label }) as const;

/**
 * The header of a submenu, which leads back. media-chrome's own is in English in every language and is not an item of
 * the menu. It is for pointers and screen readers: keys leave a submenu with Escape.
 */
export function MenuBack({ label }: { label: string }) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      slot="header"
      part="back button"
      class="player-menu-back"
      aria-label={t("settings.back", { menu: label })}
    >
      <svg viewBox="0 0 20 24" aria-hidden="true">
        <path d="m11.88 17.585.742-.669-4.2-4.665 4.2-4.666-.743-.669-4.803 5.335 4.803 5.334Z" />
      </svg>
      {label}
    </button>
  );
}

/** Escape and the left arrow lead from a submenu back to its item: media-chrome would leave the submenu open. */
export function leaveSubmenu(event: KeyboardEvent): void {
  const back = (event.target as Element)
    .closest("[slot=submenu]")
    ?.querySelector<HTMLElement>(".player-menu-back");
  if (!back || !["Escape", "ArrowLeft"].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  back.click();
}

function MenuText({ children }: { children: ComponentChildren }) {
  return (
    <span class="player-menu-text" dir="auto">
      {children}
    </span>
  );
}

interface SwitchProps {
  label: string;
  on: boolean;
  onSwitch: (on: boolean) => void;
}

/**
 * An item of the settings menu that can be switched on or off. The menu stays open: closing it would switch the item a
 * second time.
 */
export function SwitchItem({ label, on, onSwitch }: SwitchProps) {
  const toggle = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
    onSwitch(!on);
  };
  return (
    <media-chrome-menu-item
      class="player-extra player-switch"
      type="checkbox"
      checked={on}
      onClick={toggle}
      onKeyDown={(event: KeyboardEvent) => {
        if (["Enter", " "].includes(event.key)) toggle(event);
      }}
    >
      {label}
      <span slot="description" aria-hidden="true">
        {on ? t("player.on") : t("player.off")}
      </span>
    </media-chrome-menu-item>
  );
}
