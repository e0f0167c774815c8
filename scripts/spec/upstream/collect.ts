import { applyOverlay, type Path } from "../correct/apply-overlay.js";
import { type Corrections, converted } from "../correct/correct.js";
import type { Overlay, OverlayAction } from "../correct/overlay.js";
import { copyOf, type OpenApi } from "../openapi.js";
import type { Swagger } from "../pull/description.js";
import { addedDefinitions, isUnused } from "./definitions.js";
import { makeChange } from "./make-change.js";
import { setMediaTypes } from "./media-types.js";
import { placeByName } from "./parameters-by-name.js";
import { requireFields } from "./require-fields.js";
import { MEDIA_TYPES, swaggerChanges, valueAt } from "./swagger-changes.js";
import { Untold } from "./swagger-form.js";
import type { Left, Told } from "./told.js";

/** The published description as it should be, and what it takes. */
export interface Collected {
  readonly swagger: Swagger;
  /** The corrected document, as the overlays leave it. */
  readonly document: OpenApi;
  readonly told: readonly Told[];
  readonly left: readonly Left[];
}

const NO_CHANGE = "The published description says so already; only its conversion to OpenAPI 3.1 does not.";
const UNUSED = "Only parameters that Swagger 2.0 cannot describe refer to it.";

/** Makes the corrections of a description in the description itself, where Swagger 2.0 has words for them. */
export async function collect(published: Swagger, corrections: Corrections): Promise<Collected> {
  const collector = new Collector(published);
  let document = await converted(published, ignore);
  for (const overlay of corrections.overlays.values()) document = collector.take(document, overlay);
  const { swagger, told, left } = collector.end(document);
  const required = requireFields(document, swagger, corrections.required);
  return { swagger, document, told: [...told, ...required.told], left: [...left, ...required.left] };
}

/** Problems are for `generate` to report. */
const ignore = (): void => undefined;

class Collector {
  readonly #swagger: Swagger;
  readonly #added: (swagger: Swagger) => readonly string[];
  readonly #mediaTypes: Path[] = [];
  #told: Told[] = [];
  readonly #left: Left[] = [];

  constructor(published: Swagger) {
    this.#swagger = copyOf(published) as Swagger;
    this.#added = addedDefinitions(published);
  }

  /** Applies an overlay, and makes its corrections in the description. */
  take(document: OpenApi, overlay: Overlay): OpenApi {
    const onAction = (action: OverlayAction, places: readonly Path[], before: OpenApi): void => {
      const { description: why, target } = action;
      const ours = action["x-ours"] ?? overlay["x-ours"];
      const subject = overlay.info.title;
      const reasons = new Set<string>();
      for (const place of places) {
        const outcome = ours ?? this.#make(before, place, action);
        if (typeof outcome === "string") reasons.add(outcome);
        else this.#told.push({ subject, why, ...whereOf(before, place, action), paths: outcome });
      }
      for (const reason of reasons) this.#left.push({ subject, why, target, reason });
    };
    return applyOverlay(document, overlay, "", { report: ignore, onAction });
  }

  /** Makes a correction at a place: the paths that it changes, or why it changes none. */
  #make(document: OpenApi, place: Path, action: OverlayAction): readonly Path[] | string {
    const changes = swaggerChanges(document, this.#swagger, place, action);
    if (changes instanceof Untold) return changes.reason;
    const paths = changes.flatMap((change) => {
      if (change.update !== MEDIA_TYPES) return makeChange(this.#swagger, change);
      this.#mediaTypes.push(change.path);
      return [change.path];
    });
    return paths.length > 0 ? paths : NO_CHANGE;
  }

  /** What has to wait until all overlays are applied. */
  end(document: OpenApi): Pick<Collected, "swagger" | "told" | "left"> {
    for (const path of this.#mediaTypes) setMediaTypes(this.#swagger, document, path);
    const added = this.#added(this.#swagger);
    for (
      let unused = added.find(isUnusedIn(this.#swagger));
      unused;
      unused = added.find(isUnusedIn(this.#swagger))
    )
      this.#drop(unused);
    return { swagger: this.#swagger, told: this.#told, left: this.#left };
  }

  /** Drops a definition that corrections have added. */
  #drop(name: string): void {
    delete (this.#swagger.definitions as Record<string, unknown>)[name];
    const isOf = ([top, second]: Path): boolean => top === "definitions" && second === name;
    for (const { subject, why, paths } of this.#told)
      if (paths.some(isOf))
        this.#left.push({ subject, why, target: `$.components.schemas.${name}`, reason: UNUSED });
    this.#told = this.#told.flatMap((told) => {
      const paths = told.paths.filter((path) => !isOf(path));
      return paths.length > 0 ? [{ ...told, update: without(told, name), paths }] : [];
    });
  }
}

const isUnusedIn =
  (swagger: Swagger) =>
  (name: string): boolean =>
    isUnused(swagger, name);

/** What an action does, and where, as long as the document is as it was. */
function whereOf(
  document: OpenApi,
  place: Path,
  { remove, update }: OverlayAction,
): Pick<Told, "place" | "update" | "item"> {
  const named = placeByName(document, place);
  if (remove && typeof place.at(-1) === "number" && named === place)
    return { place: place.slice(0, -1), item: valueAt(document, place) };
  return { place: named, update };
}

/** What a correction says, but for a schema that it adds. */
function without({ place, update }: Told, name: string): unknown {
  if (place.join(".") !== "components.schemas") return update;
  return Object.fromEntries(Object.entries(update as object).filter(([key]) => key !== name));
}
