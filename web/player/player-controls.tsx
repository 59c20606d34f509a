interface Props {
  captions: boolean;
  storyboard: boolean;
}

/** Seconds that one press of a seek button, a key or a double tap moves. */
export const SEEK_SECONDS = 10;

/** media-chrome's controls: a large button in the centre, and a full-width timeline above one control bar. */
export function PlayerControls({ captions, storyboard }: Props) {
  return (
    <>
      <div slot="centered-chrome" class="player-centre">
        <media-seek-backward-button seekoffset={SEEK_SECONDS} />
        <media-play-button />
        <media-seek-forward-button seekoffset={SEEK_SECONDS} />
      </div>
      <media-loading-indicator slot="centered-chrome" noautohide />
      <div class="player-scrim" />
      <media-settings-menu hidden anchor="auto">
        <media-settings-menu-item>
          Quality
          <media-rendition-menu slot="submenu" hidden>
            <div slot="title">Quality</div>
          </media-rendition-menu>
        </media-settings-menu-item>
        <media-settings-menu-item>
          Speed
          <media-playback-rate-menu slot="submenu" hidden rates="0.5 0.75 1 1.25 1.5 2">
            <div slot="title">Speed</div>
          </media-playback-rate-menu>
        </media-settings-menu-item>
        <media-settings-menu-item>
          Audio
          <media-audio-track-menu slot="submenu" hidden>
            <div slot="title">Audio</div>
          </media-audio-track-menu>
        </media-settings-menu-item>
      </media-settings-menu>
      {captions && <media-captions-menu hidden anchor="auto" />}
      <media-control-bar class="player-timeline">
        <media-time-range>
          {storyboard && <media-preview-thumbnail slot="preview" />}
          <media-preview-time-display slot="preview" />
        </media-time-range>
      </media-control-bar>
      <media-control-bar class="player-bar">
        <media-play-button class="player-roomy" />
        <media-seek-backward-button seekoffset={SEEK_SECONDS} class="player-roomy" />
        <media-seek-forward-button seekoffset={SEEK_SECONDS} class="player-roomy" />
        <media-mute-button />
        <media-volume-range class="player-roomy" />
        <media-time-display showduration noToggle />
        <span class="player-space" />
        {captions && <media-captions-menu-button />}
        <media-settings-menu-button />
        <media-pip-button />
        <media-fullscreen-button />
      </media-control-bar>
    </>
  );
}
