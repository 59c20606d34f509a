import { quickTools, tools } from "./bench.ts";
import { shareCapabilities } from "./capabilities.ts";

export const setup = (): Promise<void> => shareCapabilities([tools, quickTools]);
