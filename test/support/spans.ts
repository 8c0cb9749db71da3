import { AsyncLocalStorage } from 'node:async_hooks'
import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type SpanOptions,
  type Tracer,
} from '@opentelemetry/api'

export interface Recorded {
  name: string
  kind: string
  id: string
  parent: string | undefined
  links: readonly string[]
  attributes: Attributes
  ended: boolean
  failed: boolean
}

/** Stands in for an SDK: keeps every span, and carries contexts and `traceparent` as one does. */
export function recordSpans(): Recorded[] {
  const all: Recorded[] = []
  const current = new AsyncLocalStorage<Context>()
  context.setGlobalContextManager({
    active: () => current.getStore() ?? ROOT_CONTEXT,
    with: (to, work, self, ...args) => current.run(to, () => work.call(self!, ...args)),
    bind: (to, target) =>
      typeof target === 'function'
        ? (((...args: unknown[]) => current.run(to, () => target(...args))) as typeof target)
        : target,
    enable() {
      return this
    },
    disable() {
      return this
    },
  })
  propagation.setGlobalPropagator({
    fields: () => ['traceparent'],
    inject(from, carrier, setter) {
      const span = trace.getSpanContext(from)
      if (span) setter.set(carrier, 'traceparent', `00-${span.traceId}-${span.spanId}-01`)
    },
    extract(to, carrier, getter) {
      const [, traceId, spanId] =
        /^00-(\w{32})-(\w{16})-01$/.exec(String(getter.get(carrier, 'traceparent'))) ?? []
      if (!traceId || !spanId) return to
      return trace.setSpanContext(to, { traceId, spanId, traceFlags: 1, isRemote: true })
    },
  })
  const startSpan = (name: string, options: SpanOptions = {}, from = context.active()): Span => {
    const parent = options.root ? undefined : trace.getSpanContext(from)
    const own: SpanContext = {
      traceId: parent?.traceId ?? hex(32, all.length + 1),
      spanId: hex(16, all.length + 1),
      traceFlags: 1,
    }
    const recorded: Recorded = {
      name,
      kind: SpanKind[options.kind ?? SpanKind.INTERNAL],
      id: own.spanId,
      parent: parent?.spanId,
      links: (options.links ?? []).map((link) => link.context.spanId),
      attributes: { ...options.attributes },
      ended: false,
      failed: false,
    }
    all.push(recorded)
    const span: Span = {
      spanContext: () => own,
      setAttribute: (key, value) => span.setAttributes({ [key]: value }),
      setAttributes(more) {
        Object.assign(recorded.attributes, more)
        return span
      },
      setStatus() {
        recorded.failed = true
        return span
      },
      addEvent: () => span,
      addLink: () => span,
      addLinks: () => span,
      updateName: () => span,
      recordException: () => undefined,
      isRecording: () => true,
      end: () => void (recorded.ended = true),
    }
    return span
  }
  const startActiveSpan = (name: string, ...more: unknown[]): unknown => {
    const work = more.pop() as (span: Span) => unknown
    const [options = {}, from = context.active()] = more as [SpanOptions?, Context?]
    const span = startSpan(name, options, from)
    return context.with(trace.setSpan(from, span), () => work(span))
  }
  const tracer: Tracer = {
    startSpan,
    startActiveSpan,
  }
  trace.setGlobalTracerProvider({ getTracer: () => tracer })
  return all
}

const hex = (length: number, n: number): string => n.toString(16).padStart(length, '0')
