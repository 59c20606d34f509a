/**
 * `npm run sim:transcode`: a video of two hours and 1,500 short videos of 200 creators on 500 runners, in simulated time, which
 * takes a minute or two; `--shorts 10000 --minutes 30 --deploys 2 --deaths 20` takes several times as long. The runner API,
 * queue consumer and cron of the Worker, their SQL on SQLite, and the loop of the container are the product's own; simulated
 * are time, D1's speed, Queues, networks, containers that start, die and are replaced by deploys, and ffmpeg.
 */
import { readCommandLine, readNumber } from "../scripts/command-line.ts";
import { printReport } from "./report.ts";
import { Simulation } from "./sim/simulation.ts";

const USAGE =
  "Usage: npm run sim:transcode -- [--runners 500] [--hours 2] [--shorts 1500] [--creators 200] [--minutes 4.5] [--deploys 1] [--deaths 6] [--seed 1]";
const { values } = readCommandLine(USAGE, {
  options: {
    runners: { type: "string", default: "500" },
    hours: { type: "string", default: "2" },
    shorts: { type: "string", default: "1500" },
    creators: { type: "string", default: "200" },
    /** Over how many minutes the short videos arrive. */
    minutes: { type: "string", default: "4.5" },
    deploys: { type: "string", default: "1" },
    deaths: { type: "string", default: "6" },
    seed: { type: "string", default: "1" },
  },
});

const number = (name: keyof typeof values, min = 0): number =>
  readNumber({ name: `--${name}`, value: values[name], min }, USAGE);
const simulation = new Simulation({
  runners: number("runners", 1),
  longVideoSeconds: number("hours") * 3600,
  shorts: number("shorts"),
  creators: number("creators", 1),
  arrivalSeconds: number("minutes") * 60,
  deploys: number("deploys"),
  deaths: number("deaths"),
  seed: number("seed"),
});
const { lines, figures, aims } = await simulation.run();
for (const line of lines) console.log(line);
printReport("sim:transcode", figures, aims);
// Work that still waits in simulated time would never end.
process.exit(0);
