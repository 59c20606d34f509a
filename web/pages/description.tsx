import { useEffect, useRef, useState } from "preact/hooks";
import { formatTime } from "../player/opening/time-parameter.ts";
import { playFrom } from "../player/element/now-playing.ts";
import { linkedParts } from "./linked-text.ts";
import { t } from "../i18n/translate.ts";

interface Props {
  text: string;
  /** Seconds. */
  duration: number | null;
}

/** A video's description: collapsed when it is long, with clickable links and times. */
export function Description({ text, duration }: Props) {
  const element = useRef<HTMLParagraphElement>(null);
  const [isLong, setLong] = useState(false);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (current) setLong(current.scrollHeight > current.clientHeight + 1);
  }, [text]);
  return (
    <div>
      <p
        ref={element}
        id="description"
        class={`watch-description ${isOpen ? "" : "watch-description-folded"}`}
        dir="auto"
      >
        {linkedParts(text, duration).map((part, index) => {
          if (part.kind === "text") return part.text;
          if (part.kind === "link")
            return (
              <a key={index} href={part.href} target="_blank" rel="nofollow ugc noopener">
                {part.text}
              </a>
            );
          return (
            <a
              key={index}
              href={`?t=${formatTime(part.seconds)}`}
              onClick={(event) => {
                event.preventDefault();
                playFrom(part.seconds);
              }}
            >
              {part.text}
            </a>
          );
        })}
      </p>
      {isLong && (
        <button
          type="button"
          class="link-button watch-more"
          aria-expanded={isOpen}
          aria-controls="description"
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? t("common.showLess") : t("common.showMore")}
        </button>
      )}
    </div>
  );
}
