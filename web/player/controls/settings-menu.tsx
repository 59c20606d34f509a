import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import type { Chapter } from "../../../workers/contract/chapters.ts";
import { clock } from "../../format.ts";
import { ChoiceMenu, leaveSubmenu, MenuBack, submenuNamed, SwitchItem } from "./choice-menu.tsx";
import { hasMediaSource } from "../element/media-support.ts";
import {
  CAPTION_BACKGROUNDS,
  CAPTION_COLOURS,
  CAPTION_SIZES,
  type PlayerPreferences,
  preferences,
  setPreferences,
} from "../preferences/preferences.ts";
import { chapterAt } from "../chapters/skip-offer.ts";
import { useCurrentSecond } from "../chapters/use-chapters.ts";
import { type PlainKey, t } from "../../i18n/translate.ts";

interface Props {
  element: RefObject<HTMLVideoElement>;
  captions: boolean;
  chapters: readonly Chapter[];
  statistics: boolean;
  onStatistics: (shown: boolean) => void;
}

const choicesOf = (names: Record<string, PlainKey>) =>
  Object.entries(names).map(([value, key]) => ({ value, label: t(key) }));

const CAPTION_MENUS = [
  { key: "captionSize", label: "settings.captionSize", choices: CAPTION_SIZES },
  { key: "captionColour", label: "settings.captionColour", choices: CAPTION_COLOURS },
  {
    key: "captionBackground",
    label: "settings.captionBackground",
    choices: CAPTION_BACKGROUNDS,
  },
] as const;

/** The gear's menu: how the video is played and shown. */
export function SettingsMenu({ element, captions, chapters, statistics, onStatistics }: Props) {
  const [isLooping, setLooping] = useState(element.current?.loop ?? false);
  return (
    <media-settings-menu
      hidden
      anchor="auto"
      aria-label={t("settings.title")}
      onKeyDownCapture={leaveSubmenu}
    >
      <media-settings-menu-item>
        {t("settings.quality")}
        <media-rendition-menu {...submenuNamed(t("settings.quality"))}>
          <MenuBack label={t("settings.quality")} />
        </media-rendition-menu>
      </media-settings-menu-item>
      <media-settings-menu-item>
        {t("settings.speed")}
        <media-playback-rate-menu
          {...submenuNamed(t("settings.speed"))}
          rates="0.25 0.5 0.75 1 1.25 1.5 1.75 2"
        >
          <MenuBack label={t("settings.speed")} />
        </media-playback-rate-menu>
      </media-settings-menu-item>
      <media-settings-menu-item>
        {t("settings.audio")}
        <media-audio-track-menu {...submenuNamed(t("settings.audio"))}>
          <MenuBack label={t("settings.audio")} />
        </media-audio-track-menu>
      </media-settings-menu-item>
      {chapters.length > 0 && <ChaptersMenu element={element} chapters={chapters} />}
      {captions &&
        CAPTION_MENUS.map(({ key, label, choices }) => (
          <ChoiceMenu
            key={key}
            label={t(label)}
            choices={choicesOf(choices)}
            value={preferences.value[key]}
            onChoose={(value) => setPreferences({ [key]: value } as Partial<PlayerPreferences>)}
          />
        ))}
      <SwitchItem
        label={t("settings.loop")}
        on={isLooping}
        onSwitch={(on) => {
          if (element.current) element.current.loop = on;
          setLooping(on);
        }}
      />
      {/* Elsewhere the browser chooses the rendition. */}
      {hasMediaSource() && (
        <SwitchItem
          label={t("settings.dataSaver")}
          on={preferences.value.dataSaver}
          onSwitch={(dataSaver) => setPreferences({ dataSaver })}
        />
      )}
      <SwitchItem label={t("settings.statistics")} on={statistics} onSwitch={onStatistics} />
    </media-settings-menu>
  );
}

function ChaptersMenu({ element, chapters }: Pick<Props, "element" | "chapters">) {
  const current = chapterAt(chapters, useCurrentSecond(element));
  return (
    <ChoiceMenu
      label={t("watch.chapters")}
      isExtra={false}
      choices={chapters.map(({ start, title }) => ({
        value: String(start),
        label: `${clock(start)} ${title}`,
      }))}
      value={String(current?.start ?? "")}
      onChoose={(value) => element.current && (element.current.currentTime = Number(value))}
    />
  );
}
