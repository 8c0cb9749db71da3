import { Window } from '../../schemas/window.ts'
import { fits } from '../../schemas/fits.ts'
import type { Bus } from '../bus/bus.ts'

/** Puts a window on the bus: it is kept like everything that was received. */
export async function storeWindow(bus: Bus, workspace: string, window: Window): Promise<void> {
  await bus.append(workspace, [{ topic: 'windows', key: window.id, value: window }])
}

/** The windows of a workspace, by their beginning. */
export async function storedWindows(bus: Bus, workspace: string): Promise<Window[]> {
  const windows = new Map<string, Window>()
  for await (const { value } of bus.read(workspace, ['windows']))
    if (fits(Window, value)) windows.set(value.id, value)
  const keyOf = ({ from, id }: Window): string => `${from} ${id}`
  return [...windows.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
