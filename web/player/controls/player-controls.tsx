import { type ComponentChildren, type RefObject, toChildArray } from "preact";
import type { Chapter } from "../../../workers/contract/chapters.ts";
import { preferences, setPreferences } from "../preferences/preferences.ts";
import type { useMenus } from "./use-menus.ts";
import { chapterAt } from "../chapters/skip-offer.ts";
import { useCurrentSecond } from "../chapters/use-chapters.ts";
import { t } from "../../i18n/translate.ts";
import { useSteps } from "../../use-steps.ts";

interface Props {
  /** Whether media-chrome's elements are defined. */
  isDefined: boolean;
  element: RefObject<HTMLVideoElement>;
  menus: ReturnType<typeof useMenus>;
  captions: boolean;
  storyboard: boolean;
  chapters: readonly Chapter[];
  /** Whether the page has a wide and a narrow layout for the player. */
  theatre: boolean;
  statistics: boolean;
  onStatistics: (shown: boolean) => void;
  /** Share of the video that has been processed, 0 to 1. */
  processed: number;
}

/** Seconds that one press of a seek button, a key or a double tap moves. */
export const SEEK_SECONDS = 10;

/** Steps in which the controls are mounted: the containers, then one element after the other. */
const [CENTRE, TIMELINE, PREVIEWS, BAR] = [1, 4, 5, 6] as const;
const BAR_ELEMENTS = 14;
const LAST_STEP = BAR + BAR_ELEMENTS;

/** The first of its children. */
function First({ count, children }: { count: number; children: ComponentChildren }) {
  return toChildArray(children).slice(0, Math.max(0, count));
}

/**
 * media-chrome's controls: a large button in the centre, and a full-width timeline above one control bar. Elements are made
 * once they are defined, and not all in one task: each has a tree of its own and takes its state from the controller.
 */
export function PlayerControls(props: Props) {
  const { element, menus: Menus, captions, storyboard, chapters, theatre, processed } = props;
  const step = useSteps(props.isDefined, LAST_STEP);
  // They appear together.
  const pending = step < LAST_STEP ? "player-pending" : "";
  return (
    <>
      {step > 0 && (
        <>
          <div slot="centered-chrome" class={`player-centre ${pending}`}>
            <First count={step - CENTRE}>
              <media-seek-backward-button seekoffset={SEEK_SECONDS} />
              <media-play-button />
              <media-seek-forward-button seekoffset={SEEK_SECONDS} />
            </First>
          </div>
          <media-loading-indicator slot="centered-chrome" noautohide />
          <div class="player-scrim" />
        </>
      )}
      {Menus && (
        <Menus
          element={element}
          captions={captions}
          chapters={chapters}
          statistics={props.statistics}
          onStatistics={props.onStatistics}
        />
      )}
      {step > 0 && (
        <media-control-bar class={`player-timeline ${pending}`}>
          {step > TIMELINE && (
            <media-time-range>
              {step > PREVIEWS && (
                <>
                  {storyboard && <media-preview-thumbnail slot="preview" />}
                  {chapters.length > 0 && <media-preview-chapter-display slot="preview" />}
                  <media-preview-time-display slot="preview" />
                </>
              )}
            </media-time-range>
          )}
          {processed < 1 && (
            <span
              class="player-unprocessed"
              title={t("player.stillProcessed")}
              style={{ insetInlineStart: `${processed * 100}%` }}
            />
          )}
        </media-control-bar>
      )}
      {step > 0 && (
        <media-control-bar class={`player-bar ${pending}`}>
          <First count={step - BAR}>
            <media-play-button class="player-roomy" />
            <media-seek-backward-button seekoffset={SEEK_SECONDS} class="player-roomy" />
            <media-seek-forward-button seekoffset={SEEK_SECONDS} class="player-roomy" />
            <media-mute-button />
            <media-volume-range class="player-roomy" />
            <media-time-display showduration noToggle />
            <span class="player-space">
              {chapters.length > 0 && <ChapterName element={element} chapters={chapters} />}
            </span>
            {captions && <media-captions-menu-button aria-haspopup="menu" />}
            <media-settings-menu-button aria-haspopup="menu">
              <svg slot="icon" class="player-gear" viewBox="0 0 24 24" aria-hidden="true">
                <circle cx="12" cy="12" r="5.5" />
                <circle cx="12" cy="12" r="8.5" stroke-dasharray="3.34" />
              </svg>
            </media-settings-menu-button>
            <media-airplay-button />
            <media-cast-button />
            <media-pip-button />
            {theatre && <TheatreButton />}
            <media-fullscreen-button />
          </First>
        </media-control-bar>
      )}
    </>
  );
}

function ChapterName({ element, chapters }: Pick<Props, "element" | "chapters">) {
  const chapter = chapterAt(chapters, useCurrentSecond(element));
  return (
    <span class="player-chapter" dir="auto">
      {chapter?.title}
    </span>
  );
}

function TheatreButton() {
  const { theatre } = preferences.value;
  return (
    <media-chrome-button
      class="player-theatre player-roomy"
      aria-label={theatre ? t("player.defaultView") : t("player.theatre")}
      onClick={() => setPreferences({ theatre: !theatre })}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d={theatre ? "M5 8h14v8H5zm2 2v4h10v-4z" : "M2 6h20v12H2zm2 2v8h16V8z"} />
      </svg>
      <span slot="tooltip-content">{theatre ? t("player.defaultView") : t("player.theatre")}</span>
    </media-chrome-button>
  );
}
