import { useEffect, useState } from "preact/hooks";
import { clock } from "../../format.ts";
import { type InspectionResult, inspectSource } from "./source-inspector.ts";
import type { Inspection } from "./source-inspector-browser.ts";
import { t } from "../../i18n/translate.ts";
import { acceptsAudio, type QueueItem } from "./queue-state.ts";
import { TrimSource } from "./trim-source.tsx";

/** Describes the chosen source next to the upload, which does not depend on it. */
export function SourceInspectorPanel({ item, source }: { item: QueueItem; source: File }) {
  const [result, setResult] = useState<InspectionResult>({ state: "inspecting" });
  useEffect(() => {
    const abort = new AbortController();
    setResult({ state: "inspecting" });
    void inspectSource(source, abort.signal).then((finished) => {
      if (!abort.signal.aborted) setResult(finished);
    });
    return () => abort.abort();
  }, [source]);

  return (
    <section class="source-inspector" aria-label={t("file.selected")}>
      <div aria-live="polite">
        <Result result={result} />
      </div>
      {result.state === "inspected" && (
        <TrimSource
          item={item}
          source={source}
          {...result.metadata}
          isPlayable={result.isPlayable}
        />
      )}
    </section>
  );
}

function Result({ result }: { result: InspectionResult }) {
  switch (result.state) {
    case "inspecting":
      return <p class="field-hint">{t("file.checking")}</p>;
    case "unknown":
      return <p class="field-hint">{t("file.unknown")}</p>;
    case "inspected":
      return <Metadata {...result} />;
    case "audio-only":
      return acceptsAudio.value ? (
        <>
          <p class="notice">{t("file.audioAccepted")}</p>
          <Metadata {...result} />
        </>
      ) : (
        <p class="notice notice-bad" role="alert">
          {t("file.audioOnly")}
        </p>
      );
    case "unreadable":
      return (
        <p class="notice notice-bad" role="alert">
          {t("file.unreadable")}
        </p>
      );
  }
}

function Metadata({ metadata, frame }: Inspection) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!frame) return;
    const frameUrl = URL.createObjectURL(frame);
    setUrl(frameUrl);
    return () => URL.revokeObjectURL(frameUrl);
  }, [frame]);
  const { durationSeconds, resolution, codecs } = metadata;
  return (
    <>
      {url && <img src={url} alt={t("file.frame")} />}
      <dl>
        {durationSeconds !== null && (
          <Property name={t("file.duration")} value={clock(durationSeconds)} />
        )}
        {resolution && (
          <Property
            name={t("file.resolution")}
            value={`${resolution.width} × ${resolution.height}`}
          />
        )}
        {codecs.length > 0 && <Property name={t("file.codecs")} value={codecs.join(", ")} />}
      </dl>
    </>
  );
}

function Property({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
