/** Peaks in a second of the waveform. */
export const PEAKS_PER_SECOND = 100;
/** Sample rate of the decoding context, which plays no sound. */
const SAMPLE_RATE = 48_000;
/** Limit of segments that are loaded and decoded at once. An hour has nine hundred segments of four seconds. */
const MAX_CONCURRENT = 3;

interface AudioSegment {
  url: string;
  /** Seconds from the start of the video. */
  start: number;
  end: number;
}

/** The segments of an audio rendition. */
export interface AudioTrack {
  init: string;
  segments: readonly AudioSegment[];
}

const attribute = (line: string, name: string): string | undefined =>
  new RegExp(`[:,]${name}="([^"]*)"`).exec(line)?.[1];

/** The address of the playlist of AAC audio in a multivariant playlist; undefined if there is none. */
export function audioPlaylistOf(playlist: string): string | undefined {
  const lines = playlist.split("\n").filter((line) => line.startsWith("#EXT-X-MEDIA:TYPE=AUDIO"));
  const line =
    lines.find((one) => one.includes('GROUP-ID="aac"') && one.includes("DEFAULT=YES")) ?? lines[0];
  return line && attribute(line, "URI");
}

/** The segments in a media playlist; undefined if they are encrypted. */
export function audioTrackOf(playlist: string, base: string): AudioTrack | undefined {
  let init: string | undefined;
  let start = 0;
  let seconds = 0;
  const segments: AudioSegment[] = [];
  for (const line of playlist.split("\n")) {
    if (line.startsWith("#EXT-X-KEY")) return undefined;
    if (line.startsWith("#EXT-X-MAP")) init ??= attribute(line, "URI");
    if (line.startsWith("#EXTINF:")) seconds = Number.parseFloat(line.slice("#EXTINF:".length));
    if (line === "" || line.startsWith("#")) continue;
    segments.push({ url: new URL(line, base).href, start, end: start + seconds });
    start += seconds;
  }
  return init === undefined ? undefined : { init: new URL(init, base).href, segments };
}

/** The largest samples of each hundredth of a second, of all channels. */
export function peaksOf(channels: readonly Float32Array[], sampleRate: number): Float32Array {
  const length = channels[0]?.length ?? 0;
  const size = sampleRate / PEAKS_PER_SECOND;
  const peaks = new Float32Array(Math.ceil(length / size));
  for (const samples of channels)
    for (let index = 0; index < length; index += 1) {
      const at = Math.floor(index / size);
      const level = Math.abs(samples[index] ?? 0);
      if (level > (peaks[at] ?? 0)) peaks[at] = level;
    }
  return peaks;
}

/** The waveform of a video, decoded only where it is visible. */
export class Waveform {
  readonly #track: AudioTrack;
  /** Puts the current token into an address. */
  readonly #rewrite: (url: string) => Promise<string>;
  readonly #peaks = new Map<AudioSegment, Float32Array | null>();
  readonly #context = new OfflineAudioContext(1, 1, SAMPLE_RATE);
  readonly #onChange: () => void;
  #init: Promise<ArrayBuffer> | undefined;
  #running = 0;

  constructor(track: AudioTrack, rewrite: (url: string) => Promise<string>, onChange: () => void) {
    this.#track = track;
    this.#rewrite = rewrite;
    this.#onChange = onChange;
  }

  /** The peak at a time; 0 where it is not known (yet). */
  at(time: number): number {
    const segment = this.#track.segments.find(({ start, end }) => time >= start && time < end);
    const peaks = segment && this.#peaks.get(segment);
    return peaks?.[Math.floor((time - segment!.start) * PEAKS_PER_SECOND)] ?? 0;
  }

  /** Decodes the visible part, and reports when there is more to draw. */
  show(from: number, to: number): void {
    const missing = this.#track.segments.filter(
      (segment) => segment.end > from && segment.start < to && !this.#peaks.has(segment),
    );
    for (const segment of missing) {
      if (this.#running >= MAX_CONCURRENT) return;
      this.#running += 1;
      this.#peaks.set(segment, null);
      void this.#decode(segment)
        // Parts that cannot be decoded stay flat.
        .catch(() => undefined)
        .finally(() => {
          this.#running -= 1;
          this.#onChange();
        });
    }
  }

  async #decode(segment: AudioSegment): Promise<void> {
    this.#init ??= this.#fetch(this.#track.init);
    const [init, media] = [await this.#init, await this.#fetch(segment.url)];
    const file = await new Blob([init, media]).arrayBuffer();
    const audio = await this.#context.decodeAudioData(file);
    const channels = Array.from({ length: audio.numberOfChannels }, (_, index) =>
      audio.getChannelData(index),
    );
    this.#peaks.set(segment, peaksOf(channels, audio.sampleRate));
  }

  async #fetch(url: string): Promise<ArrayBuffer> {
    const response = await fetch(await this.#rewrite(url));
    if (!response.ok) throw new Error(`${response.status}`);
    return response.arrayBuffer();
  }
}

/** The waveform of a video; null if it has no audio that could be decoded here. */
export async function loadWaveform(
  hls: string,
  rewrite: (url: string) => Promise<string>,
  onChange: () => void,
): Promise<Waveform | null> {
  const read = async (url: string): Promise<string> => {
    const response = await fetch(await rewrite(url));
    return response.ok ? response.text() : "";
  };
  const base = new URL(hls, location.origin).href;
  const audio = audioPlaylistOf(await read(base));
  if (audio === undefined) return null;
  const address = new URL(audio, base).href;
  const track = audioTrackOf(await read(address), address);
  return track ? new Waveform(track, rewrite, onChange) : null;
}
