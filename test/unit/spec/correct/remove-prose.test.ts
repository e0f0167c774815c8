import { removeProse } from "../../../../scripts/spec/correct/remove-prose.js";
import type { OpenApi } from "../../../../scripts/spec/openapi.js";

const info = { title: "t", version: "1" };
const stripped = (rest: object): unknown => {
  const { info: _, ...kept } = removeProse({ openapi: "3.1.1", info, ...rest } as OpenApi);
  return kept;
};

test("title and version are all that stays of the info", () => {
  const given = { openapi: "3.1.1", info: { ...info, description: "words", contact: { name: "us" } } };
  expect(removeProse(given as OpenApi)).toEqual({ openapi: "3.1.1", info });
});

test("names are all that stays of the tags", () => {
  const given = { tags: [{ name: "Box", description: "words", "x-displayName": "Boxes" }] };
  expect(stripped(given)).toEqual({ openapi: "3.1.1", tags: [{ name: "Box" }] });
});

const property = { type: "string", description: "words", example: "w" };
test.each([
  {
    title: "prose of an operation goes",
    given: {
      paths: {
        "/a": {
          description: "words",
          get: {
            operationId: "A",
            summary: "w",
            description: "words",
            externalDocs: { url: "u", description: "words" },
            responses: {},
          },
        },
      },
    },
    want: { paths: { "/a": { get: { operationId: "A", responses: {} } } } },
  },
  {
    title: "prose of parameters, bodies, answers, headers and media types goes",
    given: {
      paths: {
        "/a": {
          get: {
            parameters: [{ name: "q", in: "query", description: "words", example: 1, schema: property }],
            requestBody: {
              description: "words",
              content: { "text/plain": { example: "w", schema: property } },
            },
            responses: {
              200: {
                description: "words",
                headers: { "X-A": { description: "words", schema: property } },
                content: { "text/plain": { examples: { one: { value: "w" } }, schema: property } },
              },
            },
          },
        },
      },
    },
    want: {
      paths: {
        "/a": {
          get: {
            parameters: [{ name: "q", in: "query", schema: { type: "string" } }],
            requestBody: { content: { "text/plain": { schema: { type: "string" } } } },
            responses: {
              200: {
                headers: { "X-A": { schema: { type: "string" } } },
                content: { "text/plain": { schema: { type: "string" } } },
              },
            },
          },
        },
      },
    },
  },
  {
    title: "what is only called like prose stays",
    given: {
      paths: { description: { get: { responses: { 200: { headers: { example: { schema: property } } } } } } },
      components: {
        schemas: {
          example: property,
          summary: {
            type: "object",
            properties: { description: property, example: property, summary: property, examples: property },
          },
        },
      },
    },
    want: {
      paths: {
        description: {
          get: { responses: { 200: { headers: { example: { schema: { type: "string" } } } } } },
        },
      },
      components: {
        schemas: {
          example: { type: "string" },
          summary: {
            type: "object",
            properties: {
              description: { type: "string" },
              example: { type: "string" },
              summary: { type: "string" },
              examples: { type: "string" },
            },
          },
        },
      },
    },
  },
  {
    title: "a property called properties, enum or default is a schema like the others",
    given: {
      components: {
        schemas: {
          A: {
            description: "words",
            properties: {
              properties: { description: "words", properties: { a: property } },
              enum: property,
              default: property,
            },
          },
        },
      },
    },
    want: {
      components: {
        schemas: {
          A: {
            properties: {
              properties: { properties: { a: { type: "string" } } },
              enum: { type: "string" },
              default: { type: "string" },
            },
          },
        },
      },
    },
  },
  {
    title: "values of enum and default stay as they are",
    given: {
      components: {
        schemas: {
          A: { enum: ["description", null], default: { description: "a value", example: ["x"] } },
        },
      },
    },
    want: {
      components: {
        schemas: {
          A: { enum: ["description", null], default: { description: "a value", example: ["x"] } },
        },
      },
    },
  },
  {
    title: "prose goes at any depth",
    given: {
      components: {
        schemas: {
          A: {
            items: {
              allOf: [{ description: "words", additionalProperties: property }, { oneOf: [property] }],
            },
          },
        },
      },
    },
    want: {
      components: {
        schemas: {
          A: {
            items: { allOf: [{ additionalProperties: { type: "string" } }, { oneOf: [{ type: "string" }] }] },
          },
        },
      },
    },
  },
])("$title", ({ given, want }) => {
  const before = structuredClone(given);
  expect(stripped(given)).toEqual({ openapi: "3.1.1", ...want });
  expect(given).toEqual(before);
});
