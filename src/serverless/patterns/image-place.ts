import type { EventName, StreamView } from '../../stream/record.ts';
import { streamViews, viewHasNewImage, viewHasOldImage } from '../../stream/record.ts';

/** Where in a record attributes are, in the order in which patterns name them. */
export const places = ['Keys', 'NewImage', 'OldImage'] as const;
export type Place = (typeof places)[number];

/** The views with which a router that expects `view` can work: those that have its images, and maybe more. */
export const viewsFor = (view: StreamView): readonly StreamView[] =>
  streamViews.filter(
    (one) =>
      (viewHasNewImage(one) || !viewHasNewImage(view)) && (viewHasOldImage(one) || !viewHasOldImage(view)),
  );

/**
 * Where a `where` finds attributes in the records of a stream with this view: as in `matches`, the new image of an INSERT
 * or MODIFY and the old one of a REMOVE; the other one where that is missing; the key where both are. An image holds
 * the key attributes too.
 */
export function imagePlace(eventName: EventName, view: StreamView): Place {
  const newImage = eventName !== 'REMOVE' && viewHasNewImage(view) ? 'NewImage' : undefined;
  const oldImage = eventName !== 'INSERT' && viewHasOldImage(view) ? 'OldImage' : undefined;
  return newImage ?? oldImage ?? 'Keys';
}
