/** Compiles where requests of OpenAI's SDK are requests of the document, and replies of the document are replies of the SDK. */
import type { OpenAI } from "openai";
import type { components } from "./document.d.ts";

type Schemas = components["schemas"];
type Generation = Schemas["ImagesGenerationsRequest"];
type Edit = Schemas["ImagesEditsForm"];
type Embedded = Schemas["EmbeddingsReply"];

/** Fields that the document has as null alone, since what they ask for is refused: the frames of a GIF, for one. */
type Refused<Ours> = {
  [Field in keyof Ours]-?: [NonNullable<Ours[Field]>] extends [never] ? Field : never;
}[keyof Ours];

/** The fields of the SDK's type that the document takes too. */
type Shared<Theirs, Ours> = Pick<
  Theirs,
  Extract<keyof Theirs, Exclude<keyof Ours, Refused<Ours> | undefined>>
>;

/** Files are drawn as PNG, JPEG and WebP. The SDK also names formats of other servers' models, such as SVG. */
type Drawn<Theirs> = Omit<Theirs, "output_format"> & Pick<Generation, "output_format">;

/**
 * The SDK takes a Node Buffer or a stream as an upload, and leaves null out of a form. The document has the form as it is sent, whose
 * files are strings for openapi-typescript.
 */
type AsForm<Theirs> = WithoutNull<Omit<Theirs, "image" | "mask">> & Pick<Edit, "image" | "mask">;
type WithoutNull<Theirs> = { [Field in keyof Theirs]: Exclude<Theirs[Field], null> };

/** A vector is base64, weights or several vectors where a request asks for these, which the SDK's type of a vector leaves out. */
type Vector<Ours> = Omit<Ours, "embedding" | "object"> & {
  embedding: number[];
  object: "embedding";
};

/** Fails to compile unless the first type is assignable to the second. */
type Assignable<From extends To, To> = From;

export type EmbeddingRequest = Assignable<
  Shared<OpenAI.EmbeddingCreateParams, Schemas["EmbeddingsRequest"]>,
  Schemas["EmbeddingsRequest"]
>;

export type GenerationRequest = Assignable<
  Shared<Drawn<OpenAI.ImageGenerateParamsNonStreaming>, Generation>,
  Generation
>;

export type StreamedGenerationRequest = Assignable<
  Shared<Drawn<OpenAI.ImageGenerateParamsStreaming>, Generation>,
  Generation
>;

export type EditRequest = Assignable<
  Shared<AsForm<Drawn<OpenAI.ImageEditParamsNonStreaming>>, Edit>,
  Edit
>;

export type EmbeddingReply = Assignable<
  Omit<Embedded, "data"> & { data: Vector<Embedded["data"][number]>[] },
  OpenAI.CreateEmbeddingResponse
>;

export type GenerationReply = Assignable<Schemas["ImagesGenerationsReply"], OpenAI.ImagesResponse>;
