import type { Operation } from "#generated/operations.js";
import { type Api, isOlder } from "../../operation/index.js";
import { Refusal } from "./refusal.js";

/** The operation that a request asks for, and the object that its path names. */
export interface Route {
  readonly operation: Operation;
  readonly target: string;
}

/** Finds the operations of requests. */
export class Router {
  readonly #api: Api;
  readonly #routes: readonly { readonly operation: Operation; readonly pattern: RegExp }[];

  constructor(api: Api) {
    this.#api = api;
    // A path without parameters comes before one with a parameter that would match it.
    const parameters = ({ path }: Operation): number => path.split("{").length;
    this.#routes = Object.values(api.operations)
      .sort((one, other) => parameters(one) - parameters(other) || other.path.length - one.path.length)
      .map((operation) => ({ operation, pattern: patternOf(operation.path) }));
  }

  /** @throws {Refusal} no such operation, or not in this version */
  find(method: string, url: string): Route {
    const path = this.#withoutVersion(new URL(url, "http://localhost").pathname);
    for (const { operation, pattern } of this.#routes) {
      const match = operation.method === method ? pattern.exec(path) : null;
      if (match) return { operation, target: match[1] ?? "" };
    }
    throw new Refusal(404, "page not found");
  }

  /** The unescaped path. Refuses a newer version, like an Engine. */
  #withoutVersion(pathname: string): string {
    const { apiVersion } = this.#api;
    const [, version, path = pathname] = /^\/v(\d+\.\d+)(\/.*)$/.exec(pathname) ?? [];
    if (version !== undefined && isOlder(apiVersion, version)) {
      const message = `client version ${version} is too new. Maximum supported API version is ${apiVersion}`;
      throw new Refusal(400, message);
    }
    try {
      return decodeURIComponent(path);
    } catch {
      throw new Refusal(400, `the path ${path} is not escaped well`);
    }
  }
}

const patternOf = (path: string): RegExp => {
  const parts = path.split(/\{[^}]+\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join("(.+)")}$`);
};
