/** Prints what pull, push, load and build tell, as the docker CLI does: `docker-engine-sdk/progress`. */

export {
  type PrintableEvent,
  type ProgressOptions,
  type ProgressPrinter,
  printProgress,
} from "./print-progress.js";
