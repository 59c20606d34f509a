import "media-chrome/media-volume-range";
import "media-chrome/media-time-range";
