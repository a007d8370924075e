import { onFailureArn } from '../mapping/mapping-model.ts';
import type { PlannedConsumer } from '../plan-replays.ts';
import type { Place } from '../resources/place.ts';
import { placeOf, queueName } from '../resources/place.ts';
import type { WatchParts, WatchedQueue } from './watched.ts';
import { givenUpAfter } from './watched.ts';

interface Arrival {
  readonly place: Place;
  /** Undefined: letters come, no pointers. */
  readonly recordsGivenUpAfterSeconds: number | undefined;
}

export interface QueuesFound {
  readonly queues: readonly WatchedQueue[];
  /** In another region: their metrics are there too, where no alarm of this stack can see them. */
  readonly elsewhere: readonly string[];
}

/** The queues to which letters or pointers of the consumers go, whoever has made them. */
export function watchedQueues(parts: WatchParts): QueuesFound {
  const byId = Map.groupBy(
    parts.consumers.flatMap((one) => arrivals(one, parts)),
    ({ place }) => place.id,
  );
  const all = [...byId].flatMap(([id, [first, ...others]]) =>
    first === undefined ? [] : [{ id, place: first.place, arrived: [first, ...others] }],
  );
  const isHere = ({ place }: { readonly place: Place }): boolean =>
    (regionOf(place) ?? parts.region) === parts.region;
  return {
    queues: all.filter(isHere).map(({ id, place, arrived }) => {
      const ages = arrived.flatMap(({ recordsGivenUpAfterSeconds: age }) => age ?? []);
      return {
        idPart: id.replaceAll(/[^A-Za-z0-9]/g, ''),
        label: labelOf(place),
        name: queueName(place),
        url: place.reference,
        retentionSeconds: parts.queues.find((queue) => queue.id === id)?.retentionSeconds,
        recordsGivenUpAfterSeconds: ages.length === 0 ? undefined : Math.max(...ages),
      };
    }),
    elsewhere: all.filter((one) => !isHere(one)).map(({ place }) => labelOf(place)),
  };
}

function arrivals({ places, plan, model }: PlannedConsumer, { resources }: WatchParts): readonly Arrival[] {
  const letters = typeof places.letters === 'object' ? [places.letters] : [];
  const pointers = model.mappings.flatMap((mapping, index): readonly Arrival[] => {
    if (mapping.onFailureQueue === undefined) return [];
    const place = placeOf(onFailureArn(plan.streams[index]?.['destinations']), 'queue', resources);
    return place === undefined ? [] : [{ place, recordsGivenUpAfterSeconds: givenUpAfter(mapping) }];
  });
  return [...letters.map((place) => ({ place, recordsGivenUpAfterSeconds: undefined })), ...pointers];
}

/** The name that is written in its ARN, else what its ARN comes from. */
const labelOf = ({ id }: Place): string => /[\w-]+(?:\.fifo)?(?=["\]}]*$)/.exec(id)?.[0] ?? id;

/** Undefined: only CloudFormation knows. */
const regionOf = ({ id }: Place): string | undefined => /:sqs:([a-z0-9-]+):/.exec(id)?.[1];
