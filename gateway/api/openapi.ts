import { z } from 'zod'
import * as contract from '#shared/api.ts'
import { contract as agreed } from '#shared/contract.ts'
import { statement, statementPage } from '#shared/statement.ts'
import { task, taskPage } from '#shared/task.ts'
import { openRoute, type Route } from './route.ts'

/** Schemas that have a name of their own in the description. */
const named = {
  Principal: contract.principal,
  Session: contract.session,
  SessionDetail: contract.sessionDetail,
  SessionPage: contract.sessionPage,
  KeystrokeList: contract.keystrokeList,
  ReplayIndex: contract.replayIndex,
  ReplaySegment: contract.replaySegment,
  Client: contract.client,
  ClientList: contract.clientList,
  SupportKey: contract.supportKey,
  Task: task,
  TaskPage: taskPage,
  TimeReport: contract.timeReport,
  Contract: agreed,
  Statement: statement,
  StatementPage: statementPage,
  Problem: contract.problem,
}

/** GET /openapi.json: OpenAPI 3.1, made of the same schemas that parse the requests. */
export function descriptionRoute(routes: readonly Route[], version: string): Route {
  const self = openRoute({
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description',
    answer: z.record(z.string(), z.unknown()),
    handle: async () => document,
  })
  const document = openApiDocument([...routes, self], version)
  return self
}

function openApiDocument(routes: readonly Route[], version: string) {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Gatebook', version },
    servers: [{ url: '/api/v1' }],
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, jsonSchema(schema, 'output')])),
      securitySchemes: { cookie: { type: 'apiKey', in: 'cookie', name: 'gatebook_session' } },
    },
  }
}

function operation(route: Route) {
  return {
    summary: route.summary,
    security: route.open ? [] : [{ cookie: [] }],
    parameters: [...parameters('path', route.params), ...parameters('query', route.query)],
    ...(route.body && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(route.body, 'input') } } },
    }),
    responses: {
      ...(route.answer === undefined
        ? { 204: { description: 'Done' } }
        : {
            200: {
              description: 'Done',
              content: { [route.mediaType ?? 'application/json']: { schema: reference(route.answer) } },
            },
          }),
      default: {
        description: 'A refusal or a failure (RFC 9457)',
        content: { 'application/problem+json': { schema: reference(contract.problem) } },
      },
    },
  }
}

function parameters(place: 'path' | 'query', schema: z.ZodObject) {
  const { properties = {}, required = [] } = jsonSchema(schema, 'input')
  return Object.entries(properties).map(([name, member]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: member,
  }))
}

function reference(schema: z.ZodType) {
  const name = Object.entries(named).find(([, each]) => each === schema)?.[0]
  return name === undefined ? jsonSchema(schema, 'output') : { $ref: `#/components/schemas/${name}` }
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output') {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io })
  return rest
}
