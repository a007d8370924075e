import type { RouteDescription } from '../../routing/describe-routes.ts';
import type { StreamView } from '../../stream/record.ts';
import { viewHasNewImage, viewHasOldImage } from '../../stream/record.ts';
import { imagePlace } from '../patterns/image-place.ts';
import type { Attachment } from './attached.ts';
import { attachments, tableName } from './attached.ts';
import type { Rule } from './finding.ts';
import { listed, placeOf } from './finding.ts';

/**
 * The stream must give the images that a router expects: the function refuses every batch of another one, even if no route
 * for its records uses them. And where a record has no image at all, `where` can look at the key only.
 */
export const viewLacksImage: Rule = (service) =>
  attachments(service).flatMap((attachment) => {
    const { view } = attachment.table;
    if (view === undefined) return [];
    return attachment.routes.flatMap((route) => {
      const message = problemOf(route, view, attachment);
      return message === undefined
        ? []
        : [
            {
              level: 'error' as const,
              rule: 'view-lacks-image',
              ...placeOf(attachment.consumer),
              message,
              remedy:
                `Set the table's StreamViewType to ${wider(route.view, view)}, which makes a new stream, or use what it gives: ` +
                `createRouter({ view: '${view}' }), and match on key attributes where that has no image.`,
            },
          ];
    });
  });

function problemOf(route: RouteDescription, view: StreamView, { table }: Attachment): string | undefined {
  const lacking = missingImages(route.view, view);
  if (lacking !== undefined)
    return (
      `route "${route.name}" ${useOf(route, lacking)}, and the stream of table "${tableName(table)}" has the view ` +
      `${view}, without ${lacking}: the function would refuse every batch.`
    );
  const [eventName] = route.eventNames.filter((one) => imagePlace(one, view) === 'Keys');
  const hidden = Object.keys(route.where).filter((name) => table.keys?.includes(name) === false);
  if (eventName === undefined || hidden.length === 0) return undefined;
  return (
    `route "${route.name}" matches ${eventName}s on ${listed(hidden)}, no part of the key of table "${tableName(table)}", ` +
    `and with the view ${view} such a record has no image: the function would refuse every batch with one.`
  );
}

function missingImages(expected: StreamView, given: StreamView): string | undefined {
  const noNew = viewHasNewImage(expected) && !viewHasNewImage(given);
  const noOld = viewHasOldImage(expected) && !viewHasOldImage(given);
  if (noNew && noOld) return 'either image';
  return noNew ? 'the new image' : noOld ? 'the old image' : undefined;
}

const useOf = ({ options, view }: RouteDescription, lacking: string): string =>
  options.changed === undefined
    ? `expects ${lacking.replace('either image', 'both images')} (its router's view is ${view})`
    : 'compares both images ("changed")';

const wider = (expected: StreamView, given: StreamView): StreamView =>
  missingImages(given, expected) === undefined && missingImages(expected, given) !== undefined
    ? expected
    : 'NEW_AND_OLD_IMAGES';
