import "./transcript.css";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock } from "../format.ts";
import { nowPlaying, playFrom } from "../player/element/now-playing.ts";
import { t } from "../i18n/translate.ts";
import { showCurrent, useCurrentEntry } from "./use-current-entry.ts";

interface Line {
  start: number;
  text: string;
}
interface Language {
  language: string;
  label: string;
}

const byTime = (one: Line, other: Line): number => one.start - other.start;

/** The cues of a caption track of the page's player, which loads them if they have not been shown yet. */
function useLines(index: number): Line[] | null {
  const [lines, setLines] = useState<Line[] | null>(null);
  const media = nowPlaying.value;
  useEffect(() => {
    setLines(null);
    const element = media?.querySelectorAll<HTMLTrackElement>("track[kind=captions]")[index];
    if (!element) return;
    const { track } = element;
    const read = () => {
      const cues = Array.from(track.cues ?? []) as VTTCue[];
      const found = cues.map((cue) => ({
        start: cue.startTime,
        text: cue.getCueAsHTML().textContent.replaceAll(/\s+/g, " ").trim(),
      }));
      setLines(found.filter(({ text }) => text !== "").toSorted(byTime));
    };
    if (track.mode === "disabled") track.mode = "hidden";
    if (element.readyState === HTMLTrackElement.prototype.LOADED) read();
    element.addEventListener("load", read);
    return () => element.removeEventListener("load", read);
  }, [media, index]);
  return lines;
}

/** The index of the first language that the viewer's browser prefers, else of the first. */
function preferredOf(languages: readonly Language[]): number {
  const base = (tag: string): string => tag.split("-")[0]!.toLowerCase();
  const preferred = navigator.languages.map(base);
  return Math.max(
    0,
    languages.findIndex(({ language }) => preferred.includes(base(language))),
  );
}

/** The searchable and clickable lines of a caption track. They scroll with the video. */
export function Transcript({ languages }: { languages: readonly Language[] }) {
  const [track, setTrack] = useState(() => preferredOf(languages));
  const [query, setQuery] = useState("");
  const lines = useLines(track);
  const spoken = useCurrentEntry(lines);
  const list = useRef<HTMLOListElement>(null);
  const wanted = query.trim().toLocaleLowerCase();
  const shown = useMemo(
    () =>
      (lines ?? []).flatMap((line, index) =>
        line.text.toLocaleLowerCase().includes(wanted) ? [{ ...line, index }] : [],
      ),
    [lines, wanted],
  );
  useEffect(() => {
    // A viewer who searches, points at the transcript or selects text is reading.
    if (wanted === "") showCurrent(list.current);
  }, [spoken, wanted]);
  return (
    <section aria-labelledby="transcript">
      <h2 class="section-title" id="transcript">
        {t("transcript.title")}
      </h2>
      <div class="transcript-tools">
        <input
          class="input"
          type="search"
          aria-label={t("transcript.search")}
          placeholder={t("transcript.search")}
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        {languages.length > 1 && (
          <select
            class="input"
            aria-label={t("transcript.language")}
            value={track}
            onChange={(event) => setTrack(Number(event.currentTarget.value))}
          >
            {languages.map((one, index) => (
              <option key={one.label} value={index}>
                {one.label}
              </option>
            ))}
          </select>
        )}
      </div>
      <ol
        class="transcript"
        ref={list}
        lang={languages[track]?.language}
        aria-busy={lines === null}
      >
        {shown.map(({ start, text, index }) => (
          <li key={index} aria-current={index === spoken ? "true" : undefined}>
            <button
              type="button"
              aria-label={t("transcript.playFrom", { time: clock(start) })}
              onClick={() => playFrom(start)}
            >
              {clock(start)}
            </button>
            <span dir="auto">{text}</span>
          </li>
        ))}
      </ol>
      {lines !== null && shown.length === 0 && <p class="soft">{t("transcript.none")}</p>}
    </section>
  );
}
