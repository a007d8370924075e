import type { MarshalledImage } from './record.ts';
import { isObject } from './record.ts';

/** The names of the top-level attributes that differ, compared marshalled: nothing is decoded for it. */
export function changedAttributes(oldImage: MarshalledImage, newImage: MarshalledImage): readonly string[] {
  const names = new Set([...Object.keys(oldImage), ...Object.keys(newImage)]);
  return [...names].filter((name) => attributeChanged(oldImage, newImage, name));
}

/** Whether one top-level attribute was added, removed or given another value. */
export function attributeChanged(
  oldImage: MarshalledImage,
  newImage: MarshalledImage,
  name: string,
): boolean {
  const [before, after] = [Object.hasOwn(oldImage, name), Object.hasOwn(newImage, name)];
  return before !== after || (before && !isSame(oldImage[name], newImage[name]));
}

const sets: readonly string[] = ['SS', 'NS', 'BS'];

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((element, index) => isSame(element, b[index]));
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every(
      (name) =>
        Object.hasOwn(b, name) &&
        (sets.includes(name) ? isSameSet(a[name], b[name]) : isSame(a[name], b[name])),
    )
  );
}

/** A set has no order of its own. Falls back to lists, for a map may have an attribute that is called like a set. */
function isSameSet(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return isSame(a, b);
  const sorted = (elements: readonly unknown[]) => elements.map(toText).sort();
  return isSame(sorted(a), sorted(b));
}

const toText = (element: unknown): string =>
  element instanceof Uint8Array ? Buffer.from(element).toString('base64') : JSON.stringify(element);
