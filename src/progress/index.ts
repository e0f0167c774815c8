/** Prints the progress of pull, push, load and build like the docker CLI: `docker-engine-sdk/progress`. */

export {
  type PrintableEvent,
  type ProgressOptions,
  type ProgressPrinter,
  printProgress,
} from "./print-progress.js";
