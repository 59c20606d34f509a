import "./watch.css";
import "./embed.css";
