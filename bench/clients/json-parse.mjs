import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** JSON.parse of the same bytes, which are in memory already. */
export async function connect({ fixtures }) {
  const [large, wide] = await Promise.all(
    ["large", "wide"].map((name) => readFile(join(fixtures, `${name}.json`))),
  );
  return {
    largeList: () => JSON.parse(large.toString()),
    wideList: () => JSON.parse(wide.toString()),
    close: () => undefined,
  };
}
