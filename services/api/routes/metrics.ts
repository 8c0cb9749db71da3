import type { FastifyInstance } from 'fastify'
import type { ServerPorts } from '../build-server.ts'

const METHOD = /^(?:GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|QUERY)$/

/** Call it before the routes are added: it measures them, with the labels of https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
export function metricsRoutes(app: FastifyInstance, { metrics, measure }: ServerPorts): void {
  app.addHook('onResponse', async ({ method, protocol, raw, routeOptions }, reply) => {
    const status = String(reply.statusCode)
    metrics.answered(reply.elapsedTime / 1000, {
      http_request_method: METHOD.test(method) ? method : '_OTHER',
      url_scheme: protocol,
      network_protocol_version: raw.httpVersion,
      http_response_status_code: status,
      ...(routeOptions.url !== undefined && { http_route: routeOptions.url }),
      ...(reply.statusCode >= 500 && { error_type: status }),
    })
  })
  app.get(
    '/metrics',
    {
      schema: {
        summary: 'What this process counts, and how far the timeline is behind, for Prometheus',
        response: {
          200: {
            description: 'Text format 0.0.4',
            content: { 'text/plain': { schema: { type: 'string' } } },
          },
        },
      },
    },
    async (_request, reply) => {
      await measure()
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(metrics.text())
    },
  )
}
