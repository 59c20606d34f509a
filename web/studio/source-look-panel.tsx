import { useEffect, useState } from "preact/hooks";
import { clock } from "../format.ts";
import { type SourceLook, lookAt } from "./source-look.ts";
import type { Seen } from "./look-in-browser.ts";

/** Shows what the chosen file is, beside the upload, which neither waits for this nor depends on it. */
export function SourceLookPanel({ file }: { file: Blob }) {
  const [look, setLook] = useState<SourceLook>({ state: "looking" });
  useEffect(() => {
    const leave = new AbortController();
    setLook({ state: "looking" });
    void lookAt(file, leave.signal).then((result) => {
      if (!leave.signal.aborted) setLook(result);
    });
    return () => leave.abort();
  }, [file]);

  return (
    <section class="film-look" aria-label="The chosen file" aria-live="polite">
      {look.state === "seen" ? <Facts {...look} /> : <Verdict state={look.state} />}
    </section>
  );
}

function Verdict({ state }: { state: Exclude<SourceLook["state"], "seen"> }) {
  switch (state) {
    case "looking":
      return <p class="field-hint">Looking at the file…</p>;
    case "unknown":
      return <p class="field-hint">No preview for this file; the server will look at it.</p>;
    case "sound-only":
      return (
        <p class="notice notice-bad" role="alert">
          This file has sound only, and a film needs a picture. You can remove it now and choose
          another.
        </p>
      );
    case "unreadable":
      return (
        <p class="notice notice-bad" role="alert">
          This file cannot be read as a video. It may be damaged or of another kind; you can remove
          it now and choose another.
        </p>
      );
  }
}

function Facts({ facts, frame }: Seen) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!frame) return;
    const shown = URL.createObjectURL(frame);
    setUrl(shown);
    return () => URL.revokeObjectURL(shown);
  }, [frame]);
  const { seconds, picture, codecs } = facts;
  return (
    <>
      {url && <img src={url} alt="A frame of the chosen file" />}
      <dl>
        {seconds !== null && <Fact name="Length" value={clock(seconds)} />}
        {picture && <Fact name="Picture" value={`${picture.width} × ${picture.height}`} />}
        {codecs.length > 0 && <Fact name="Codecs" value={codecs.join(", ")} />}
      </dl>
    </>
  );
}

const Fact = ({ name, value }: { name: string; value: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>{value}</dd>
  </div>
);
