import { Type, type Static } from './type.ts'

/** Minutes around a window that go with it: by default a day, and a margin of more than a year is no margin. */
export const MARGIN = { usual: 24 * 60, most: 366 * 24 * 60 }

/** What a person calls an event and wants to look back at. */
export const NewWindow = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 500 }),
    from: Type.String({ maxLength: 40, description: 'An instant as in RFC 3339.' }),
    to: Type.String({ maxLength: 40, description: 'The window is half-open: from <= at < to.' }),
    before: Type.Integer({
      minimum: 0,
      maximum: MARGIN.most,
      default: MARGIN.usual,
      description: 'Minutes before that may have led up to it.',
    }),
    after: Type.Integer({
      minimum: 0,
      maximum: MARGIN.most,
      default: MARGIN.usual,
      description: 'Minutes after in which it was made good.',
    }),
  },
  { additionalProperties: false },
)
export type NewWindow = Static<typeof NewWindow>

/** A window as it stands on the bus, for ever: the last of an id counts. */
export const Window = Type.Object({ id: Type.String(), ...NewWindow.properties })
export type Window = Static<typeof Window>

/** Something that should have left a record in a window, as people declare it. */
export const Control = Type.Object(
  {
    title: Type.String({ minLength: 1, maxLength: 500 }),
    /** As in the timeline's query. */
    query: Type.Optional(Type.String({ maxLength: 2000 })),
    kind: Type.Optional(Type.String({ maxLength: 20 })),
    source: Type.Optional(Type.String({ maxLength: 1000 })),
  },
  { additionalProperties: false },
)
export type Control = Static<typeof Control>
