import "media-chrome/media-control-bar";
import "media-chrome/media-chrome-button";
import "media-chrome/media-loading-indicator";
import "media-chrome/media-play-button";
import "media-chrome/media-seek-backward-button";
import "media-chrome/media-seek-forward-button";
import "media-chrome/media-time-display";
import "media-chrome/media-mute-button";
import "media-chrome/media-cast-button";
import "media-chrome/media-pip-button";
import "media-chrome/media-fullscreen-button";
import "media-chrome/menu/media-captions-menu-button";
import "media-chrome/menu/media-settings-menu-button";
import "media-chrome/media-volume-range";
import "media-chrome/media-time-range";
import { setLanguage } from "media-chrome/utils/i18n";
import { language } from "../../i18n/translate.ts";

// Else media-chrome takes the language of the browser.
setLanguage(language());
