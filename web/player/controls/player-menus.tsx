import "./media-chrome-menus.ts";
import type { ComponentProps } from "preact";
import { SettingsMenu } from "./settings-menu.tsx";
import { t } from "../../i18n/translate.ts";

/** The menus that the buttons of the control bar open. Few viewers need them, so their code comes on demand (use-menus.ts). */
export function PlayerMenus(props: ComponentProps<typeof SettingsMenu>) {
  return (
    <>
      <SettingsMenu {...props} />
      {props.captions && (
        <media-captions-menu hidden anchor="auto" aria-label={t("watch.captions")} />
      )}
    </>
  );
}
