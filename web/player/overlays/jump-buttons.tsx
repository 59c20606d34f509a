import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Chapter } from "../../../workers/contract/chapters.ts";
import { STAYS } from "./feedback.tsx";
import { skipOfferAt } from "../chapters/skip-offer.ts";
import { useCurrentSecond } from "../chapters/use-chapters.ts";
import { t } from "../../i18n/translate.ts";

/** Seconds of playback during which a resumed video offers to start over. */
const START_OVER_SECONDS = 12;

interface Props {
  element: RefObject<HTMLVideoElement>;
  chapters: readonly Chapter[];
  /** Seconds at which playback resumed; 0 for the beginning. */
  resumedAt: number;
}

/** A single button over the video when there is a jump that most viewers want: past an intro, or back to the start. */
export function JumpButtons({ element, chapters, resumedAt }: Props) {
  const second = useCurrentSecond(element);
  const [isOffered, setOffered] = useState(resumedAt > 0);
  const isFar = second > resumedAt + START_OVER_SECONDS || second < Math.floor(resumedAt);
  useEffect(() => {
    // Before the first frame, the time is 0.
    if (second > 0 && isFar) setOffered(false);
  }, [isFar, second > 0]);
  const seek = (to: number) => {
    if (element.current) element.current.currentTime = to;
    setOffered(false);
  };
  const skip = skipOfferAt(chapters, second);
  const jump = skip ?? (isOffered && second > 0 ? { label: t("player.startOver"), to: 0 } : null);
  if (!jump) return null;
  return (
    <button
      {...STAYS}
      type="button"
      class="button button-small player-jump"
      onClick={() => seek(jump.to)}
    >
      {jump.label}
    </button>
  );
}
