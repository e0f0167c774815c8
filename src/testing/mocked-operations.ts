import type { OperationId, operations } from "../../generated/operations.js";
import type { BinaryBody, RequestedPlatform, operations as Schema } from "../../generated/schema.js";
import type { PathStat } from "../streams/index.js";

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
  ? { body?: ExpectedBody<Content[keyof Content]> }
  : unknown;
type ExpectedBody<Sent> = [Sent] extends [BinaryBody]
  ? Uint8Array | ((body: Buffer) => boolean)
  : Part<Sent> | ((body: Sent) => boolean);

/**
 * What a call must have to be answered by a mock: path parameters, options and the body by name. What is left out may
 * be anything, also within a JSON body; a function decides about a body by itself.
 */
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

/** A part of a value: whatever it leaves out does not matter to the test. */
export type Part<T> = T extends readonly (infer Item)[]
  ? readonly Part<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]?: Part<T[Name]> | undefined }
    : T;

/** All pieces of a stream, or a source that gives them in time; if it throws, the connection breaks. */
export type Pieces<T> = Iterable<T> | AsyncIterable<T>;

/** A piece of a container's output. */
export interface MockedOutput {
  readonly stream: "stdout" | "stderr";
  readonly data: string | Uint8Array;
}

/** A path of a container as a tar, and what the Engine tells of that path. */
export interface MockedArchive {
  readonly stat: PathStat;
  readonly tar: BinaryBody;
}

/** The bodies of successful answers that are not what the schema says, by response kind. */
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

/** Without an upgrade, an attach or exec answers that it has begun, and nothing else. */
type NotUpgraded<Id extends OperationId, Status> =
  Kind<Id> extends "hijack" | "websocket" ? (Status extends 101 ? false : true) : false;

/** The body of an answer: what the schema says, or a part of it; of a stream its records or pieces. */
export type MockedBody<Name extends MockedName, Status> = Status extends Success
  ? NotUpgraded<IdOf<Name>, Status> extends true
    ? undefined
    : BodyOfKind<Content<IdOf<Name>, Status>>[Kind<IdOf<Name>>]
  : Content<IdOf<Name>, Status>;
