import type { OperationId, operations } from "../../generated/operations.js";
import type { RequestedPlatform, operations as Schema } from "../../generated/schema.js";
import type { LogChunk, PathStat } from "../streams/index.js";

type Kind<Id extends OperationId> = (typeof operations)[Id]["kind"];

/** An operation by the name of its method. */
export type MockedName = Uncapitalize<OperationId>;

/** The operationId of a method. */
export type IdOf<Name extends MockedName> = Extract<Capitalize<Name>, OperationId>;

/** Where an operation has no parameters of a place, the schema says never; a mock may then name none. */
type Named<Values> = [NonNullable<Values>] extends [never] ? unknown : Partial<NonNullable<Values>>;
type Path<Id extends OperationId> = Named<Schema[Id]["parameters"]["path"]>;
type Header<Id extends OperationId> = Named<Schema[Id]["parameters"]["header"]>;
type Query<Id extends OperationId> = WrittenPlatform<Named<Schema[Id]["parameters"]["query"]>>;
/** imageGet takes a platform as text too, and so does its mock. */
type WrittenPlatform<Options> = "platform" extends keyof Options
  ? RequestedPlatform extends Options["platform"]
    ? Omit<Options, "platform"> & { platform?: RequestedPlatform | string }
    : Options
  : Options;
type Body<Id extends OperationId> = Schema[Id] extends { requestBody?: { content: infer Content } }
  ? { body?: Content[keyof Content] }
  : unknown;

/** What a call must have to be answered by a mock: path parameters, options and the body by name. What is left out may be anything. */
export type MockedArguments<Name extends MockedName> = Path<IdOf<Name>> &
  Query<IdOf<Name>> &
  Header<IdOf<Name>> &
  Body<IdOf<Name>>;

/** The statuses the description declares for an operation. */
export type MockedStatus<Name extends MockedName> = keyof Schema[IdOf<Name>]["responses"] & number;

type Content<Id extends OperationId, Status> = Status extends keyof Schema[Id]["responses"]
  ? Schema[Id]["responses"][Status] extends { content: infer Media }
    ? Media[keyof Media]
    : undefined
  : never;

type Success = 101 | 200 | 201 | 202 | 204 | 304;

/** A part of a value: a mock says what the code under test reads. */
type Part<T> = T extends readonly (infer Item)[]
  ? readonly Part<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]?: Part<T[Name]> | undefined }
    : T;

/** The body of an answer: what the schema says, or a part of it; of a stream, all its records or pieces. */
export type MockedBody<Name extends MockedName, Status> = Status extends Success
  ? Kind<IdOf<Name>> extends "json-lines" | "progress"
    ? readonly Part<Content<IdOf<Name>, Status>>[]
    : Kind<IdOf<Name>> extends "frames" | "hijack" | "websocket"
      ? readonly LogChunk[]
      : Kind<IdOf<Name>> extends "path-stat"
        ? PathStat
        : Kind<IdOf<Name>> extends "none"
          ? undefined
          : Kind<IdOf<Name>> extends "json"
            ? Part<Content<IdOf<Name>, Status>>
            : Content<IdOf<Name>, Status>
  : Content<IdOf<Name>, Status>;
