// The OpenAPI description of the HTTP interface, made of its table: OpenAPI 3.1 takes JSON Schema as zod writes it.
import * as z from 'zod';
import { runDetailsSchema } from '../hosting/run-status.js';
import {
  clientListSchema,
  faultSchema,
  faultStatus,
  operationNames,
  operationOf,
  runListSchema,
} from './operations.js';

const OF_ALL = ['unauthorized', 'internal'] as const;
/** Named once, as several answers have them. */
const NAMED: Readonly<Record<string, z.ZodType>> = {
  Fault: faultSchema,
  Run: runDetailsSchema,
  Runs: runListSchema,
  Clients: clientListSchema,
};

/** `version`: of this package. */
export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const name of operationNames) {
    const { method, path } = operationOf(name);
    paths[path] = { ...paths[path], [method.toLowerCase()]: describe(name) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Starling: runs of a server',
      version,
      description: 'Submits runs to a server, and operates them while it serves. See docs/operations.md.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ operator: [] }],
    paths,
    components: {
      securitySchemes: {
        operator: {
          type: 'http',
          scheme: 'bearer',
          description: "The operator's token, which clients do not have.",
        },
      },
      schemas: Object.fromEntries(Object.entries(NAMED).map(([name, schema]) => [name, schemaOf(schema)])),
    },
  };
}

function describe(name: (typeof operationNames)[number]): object {
  const { path, summary, query = {}, takesBytes, answers, faults } = operationOf(name);
  const isOfRun = path.includes('{run}');
  const text = { type: 'string' };
  const codes = [...OF_ALL, ...faults];
  const statuses = new Set(codes.map((code) => faultStatus[code]));
  return {
    operationId: name,
    summary,
    parameters: [
      ...(isOfRun
        ? [{ name: 'run', in: 'path', required: true, schema: text, description: "The run's name." }]
        : []),
      ...Object.entries(query).map(([parameter, description]) => ({
        name: parameter,
        in: 'query',
        required: false,
        schema: text,
        description,
      })),
    ],
    ...(takesBytes && {
      requestBody: { required: true, content: { 'application/octet-stream': {} } },
    }),
    responses: Object.fromEntries([
      ...Object.entries(answers).map(([status, { about, body }]) => [
        status,
        {
          description: about,
          content:
            typeof body === 'string' ? { [body]: {} } : { 'application/json': { schema: refTo(body) } },
        },
      ]),
      ...[...statuses].map((status) => [
        `${status}`,
        {
          description: codes.filter((code) => faultStatus[code] === status).join(', '),
          content: { 'application/json': { schema: refTo(faultSchema) } },
        },
      ]),
    ]),
  };
}

function refTo(schema: z.ZodType): object {
  const name = Object.keys(NAMED).find((each) => NAMED[each] === schema);
  return name === undefined ? schemaOf(schema) : { $ref: `#/components/schemas/${name}` };
}

/** Without what names the dialect, which the document says once. */
function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...json } = z.toJSONSchema(schema);
  return json;
}
