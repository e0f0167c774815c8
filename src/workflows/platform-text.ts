import type { RequestedPlatform as Platform } from "../../generated/schema.js";
import { readPlatform } from "../http/platform.js";

/** A platform in the form that pull, create and build take: `os/arch[/variant]`. */
export function platformText(platform: Platform | string, workflow: string): string {
  const { os, architecture, variant } = readPlatform(platform, workflow);
  return [os, architecture, ...(variant ? [variant] : [])].join("/");
}
