import { describe } from "../../arguments.js";
import { ArgumentError } from "../../errors.js";

/** Checks that a caller passes a container's name or ID, not its handle. @throws {ArgumentError} it is not a name or ID */
export function checkedContainer(container: unknown, where: string): string {
  if (typeof container === "string") return container;
  const property = ["id", "Id"].find((name) => typeof Object(container)[name] === "string");
  const problem = property === undefined ? describe(container) : `an object; pass its .${property}`;
  throw new ArgumentError(`${where}: the container must be its name or ID, not ${problem}`);
}
