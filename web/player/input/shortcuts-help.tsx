import { useEffect, useRef } from "preact/hooks";
import "../../components/confirm-dialog.css";
import { SEEK_SECONDS } from "../controls/player-controls.tsx";
import { ARROW_SECONDS, type ShortcutKey, SHORTCUTS } from "./shortcuts.ts";
import { t } from "../../i18n/translate.ts";

interface Explanation {
  label: string;
  does: string;
}

/** The name and effect of each shortcut. */
const explanations = (): Record<ShortcutKey, Explanation> => ({
  k: { label: t("keys.kOrSpace"), does: t("keys.playOrPause") },
  j: { label: "J", does: t("keys.back", { seconds: SEEK_SECONDS }) },
  l: { label: "L", does: t("keys.forward", { seconds: SEEK_SECONDS }) },
  ArrowLeft: { label: "←", does: t("keys.back", { seconds: ARROW_SECONDS }) },
  ArrowRight: { label: "→", does: t("keys.forward", { seconds: ARROW_SECONDS }) },
  "Ctrl+ArrowLeft": { label: t("keys.ctrlLeft"), does: t("keys.previousChapter") },
  "Ctrl+ArrowRight": { label: t("keys.ctrlRight"), does: t("keys.nextChapter") },
  Home: { label: t("keys.homeKey"), does: t("keys.toStart") },
  End: { label: t("keys.endKey"), does: t("keys.toEnd") },
  "0": { label: t("keys.digits"), does: t("keys.goTo") },
  ",": { label: ",", does: t("keys.previousFrame") },
  ".": { label: ".", does: t("keys.nextFrame") },
  "<": { label: "<", does: t("keys.slower") },
  ">": { label: ">", does: t("keys.faster") },
  m: { label: "M", does: t("keys.mute") },
  ArrowUp: { label: "↑", does: t("keys.louder") },
  ArrowDown: { label: "↓", does: t("keys.quieter") },
  c: { label: "C", does: t("keys.captions") },
  "+": { label: "+", does: t("keys.largerCaptions") },
  "-": { label: "−", does: t("keys.smallerCaptions") },
  w: { label: "W", does: t("keys.captionBackground") },
  f: { label: "F", does: t("keys.fullscreen") },
  t: { label: "T", does: t("keys.theatre") },
  p: { label: t("keys.iOrP"), does: t("player.pip") },
  "Shift+n": { label: t("keys.shiftN"), does: t("keys.nextVideo") },
  "Shift+p": { label: t("keys.shiftP"), does: t("keys.previousVideo") },
  "?": { label: "?", does: t("keys.help") },
});

/** The list of the player's keys. */
export function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const explained = explanations();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog
      class="dialog shortcuts-dialog"
      ref={dialog}
      // In a low window it scrolls, starting at its top, and also with keys.
      autofocus
      tabIndex={-1}
      aria-labelledby="shortcuts"
      onClose={onClose}
      // The key that opened it also closes it.
      onKeyDown={(event) => event.key === "?" && dialog.current?.close()}
    >
      <h2 id="shortcuts">{t("keys.title")}</h2>
      <dl class="shortcuts">
        {SHORTCUTS.map(({ keys: [key] }) => (
          <div key={key}>
            <dt>{explained[key as ShortcutKey].label}</dt>
            <dd>{explained[key as ShortcutKey].does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog" class="form-actions">
        <button class="button">{t("common.close")}</button>
      </form>
    </dialog>
  );
}
