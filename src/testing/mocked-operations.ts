import type { operations as Schema } from "#generated/operation-types.js";
import type { OperationId, operations } from "#generated/operations.js";
import type { BinaryBody, RequestedPlatform } from "#generated/schema.js";
import type { PathStat } from "../streams/index.js";

type Kind<Id extends OperationId> = (typeof operations)[Id]["kind"];

/** Method name of an operation. */
export type MockedName = Uncapitalize<OperationId>;

/** The operationId of a method. */
export type IdOf<Name extends MockedName> = Extract<Capitalize<Name>, OperationId>;

/** Where an operation has no parameters, the schema says never; a mock may then have none there either. */
type Named<Values> = [NonNullable<Values>] extends [never] ? unknown : Partial<NonNullable<Values>>;
type Path<Id extends OperationId> = Named<Schema[Id]["parameters"]["path"]>;
type Header<Id extends OperationId> = Named<Schema[Id]["parameters"]["header"]>;
type Query<Id extends OperationId> = WrittenPlatform<Named<Schema[Id]["parameters"]["query"]>>;
/** imageGet also accepts a platform as text, and so does its mock. */
type WrittenPlatform<Options> = "platform" extends keyof Options
  ? RequestedPlatform extends Options["platform"]
    ? Omit<Options, "platform"> & { platform?: RequestedPlatform | string }
    : Options
  : Options;
type Body<Id extends OperationId> = Schema[Id] extends { requestBody?: { content: infer Content } }
  ? { body?: ExpectedBody<Content[keyof Content]> }
  : unknown;
type ExpectedBody<Sent> = [Sent] extends [BinaryBody]
  ? Uint8Array | ((body: Buffer) => boolean)
  : Part<Sent> | ((body: Sent) => boolean);

/**
 * What a call must have for a mock to answer: path parameters, options and the body by name. Anything omitted matches,
 * even within a JSON body; a function decides whether a body matches.
 */
export type MockedArguments<Name extends MockedName> = Path<IdOf<Name>> &
  Query<IdOf<Name>> &
  Header<IdOf<Name>> &
  Body<IdOf<Name>>;

/** The statuses that the API declares for an operation. */
export type MockedStatus<Name extends MockedName> = keyof Schema[IdOf<Name>]["responses"] & number;

type Content<Id extends OperationId, Status> = Status extends keyof Schema[Id]["responses"]
  ? Schema[Id]["responses"][Status]
  : never;

type Success = 101 | 200 | 201 | 202 | 204 | 304;

/** Part of a value: whatever it omits does not matter to the test. */
export type Part<T> = T extends readonly (infer Item)[]
  ? readonly Part<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]?: Part<T[Name]> | undefined }
    : T;

/** All pieces of a stream, or a source that yields them over time; if it throws, the connection breaks. */
export type Pieces<T> = Iterable<T> | AsyncIterable<T>;

/** A piece of a container's output. */
export interface MockedOutput {
  /** Where the program writes it. */
  readonly stream: "stdout" | "stderr";
  /** Its output; text is written as UTF-8. */
  readonly data: string | Uint8Array;
}

/** A path of a container as a tar, with the Engine's description of that path. */
export interface MockedArchive {
  /** Description of the path, sent in a header. */
  readonly stat: PathStat;
  /** The archive. */
  readonly tar: BinaryBody;
}

/** Bodies of successful answers by response kind, where they differ from the schema. */
interface BodyOfKind<Data> {
  readonly json: Part<Data>;
  readonly none: undefined;
  readonly text: string;
  readonly tar: BinaryBody;
  readonly archive: BinaryBody | MockedArchive;
  readonly "path-stat": PathStat;
  readonly "json-lines": Pieces<Part<Data>>;
  readonly progress: Pieces<Part<Data>>;
  readonly frames: Pieces<MockedOutput>;
  readonly hijack: Pieces<MockedOutput>;
  readonly websocket: Pieces<MockedOutput>;
}

/** Without an upgrade, the answer to an attach or exec has no body. */
type NotUpgraded<Id extends OperationId, Status> =
  Kind<Id> extends "hijack" | "websocket" ? (Status extends 101 ? false : true) : false;

/** Body of an answer: the schema's, or part of it; for a stream, its records or pieces. */
export type MockedBody<Name extends MockedName, Status> = Status extends Success
  ? NotUpgraded<IdOf<Name>, Status> extends true
    ? undefined
    : BodyOfKind<Content<IdOf<Name>, Status>>[Kind<IdOf<Name>>]
  : Content<IdOf<Name>, Status>;
