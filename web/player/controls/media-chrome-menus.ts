// The pointer that opens menus shows previews too, and AirPlay users touch the player first.
import "media-chrome/media-airplay-button";
import "media-chrome/media-preview-chapter-display";
import "media-chrome/media-preview-thumbnail";
import "media-chrome/media-preview-time-display";
import "media-chrome/menu/media-chrome-menu";
import "media-chrome/menu/media-chrome-menu-item";
import "media-chrome/menu/media-captions-menu";
import "media-chrome/menu/media-settings-menu";
import "media-chrome/menu/media-settings-menu-item";
import "media-chrome/menu/media-rendition-menu";
import "media-chrome/menu/media-audio-track-menu";
import "media-chrome/menu/media-playback-rate-menu";
