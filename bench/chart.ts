import type { Measured } from "./workloads.js";

const WIDTH = 720;
const LABEL = 150;
const BAR = 16;
const GAP = 4;
const TITLE = 30;

/** Medians by workload and client. */
export type Figures = Readonly<Record<string, Readonly<Record<string, Measured>>>>;

/** A bar chart of CPU per unit of work as SVG: one group per workload, each scaled to its dearest client. */
export function chartOf(
  figures: Figures,
  workloads: Readonly<Record<string, { readonly title: string; readonly unit: string }>>,
  ours: string,
): string {
  const bars: string[] = [];
  let y = 0;
  for (const [workload, clients] of Object.entries(figures)) {
    const { title = workload, unit = "unit" } = workloads[workload] ?? {};
    y += TITLE;
    bars.push(`<text x="0" y="${y - 8}" font-weight="bold">${title}: CPU per ${unit}</text>`);
    const dearest = Math.max(...Object.values(clients).map(({ cpu }) => cpu));
    for (const [client, { cpu }] of Object.entries(clients)) {
      const width = Math.max(1, Math.round((cpu / dearest) * (WIDTH - LABEL - 80)));
      const color = client === ours ? "#1d63ed" : "#9aa5b1";
      bars.push(
        `<text x="${LABEL - 8}" y="${y + 12}" text-anchor="end">${client}</text>`,
        `<rect x="${LABEL}" y="${y}" width="${width}" height="${BAR}" fill="${color}"/>`,
        `<text x="${LABEL + width + 6}" y="${y + 12}">${(cpu * 1000).toPrecision(3)} ms</text>`,
      );
      y += BAR + GAP;
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y + 10}" font-family="sans-serif" font-size="12">`,
    "<title>CPU per unit of work, by client</title>",
    `<rect width="${WIDTH}" height="${y + 10}" fill="white"/>`,
    ...bars,
    "</svg>\n",
  ].join("\n");
}
