import type { Observer, OutcomeName, RecordEvent, RouteResult } from 'spillway';
import type { LambdaFunction } from 'spillway/local';
import type { Paint } from './paint.ts';
import { textOf } from './writes.ts';

/** Tells of every change that a route was for. An observer is told nothing of the data, so the item is looked up. */
export function linesOfChanges(
  print: (line: string) => void,
  paint: Paint,
): { readonly observer: Observer; readonly around: (invoke: LambdaFunction) => LambdaFunction } {
  const items = new Map<string, string>();
  return {
    around: (invoke) => async (event, context) => {
      const entries = event.Records.map(({ dynamodb }) => ({
        place: placeOf(context.functionName, dynamodb?.SequenceNumber),
        item: textOf(dynamodb?.Keys),
      }));
      entries.forEach(({ place, item }) => items.set(place, item));
      try {
        return await invoke(event, context);
      } finally {
        entries.forEach(({ place }) => items.delete(place));
      }
    },
    observer: {
      onRecord: (event) => {
        if (event.outcome === 'unrouted') return;
        const item = items.get(placeOf(event.consumer, event.sequenceNumber)) ?? '';
        print(lineOf(event, item, paint));
      },
    },
  };
}

const placeOf = (consumer: string, sequenceNumber = ''): string => `${consumer} ${sequenceNumber}`;

function lineOf({ consumer, outcome, routes, eventName }: RecordEvent, item: string, paint: Paint): string {
  const steps = routes
    .filter((route) => route.outcome !== 'unrouted')
    .map((route) => paint(colourOf(route.outcome), stepOf(route)));
  return [
    consumer.padEnd(7),
    (eventName ?? '').padEnd(7),
    item.padEnd(32),
    paint(colourOf(outcome), outcome.padEnd(14)),
    steps.join(', '),
  ].join(' ');
}

function stepOf({ route, attempts, error }: RouteResult): string {
  const times = attempts > 1 ? ` (attempt ${attempts})` : '';
  const why = error instanceof Error ? `: ${error.name}` : '';
  return `${route ?? 'unreadable'}${times}${why}`;
}

function colourOf(outcome: OutcomeName): Parameters<Paint>[0] {
  switch (outcome) {
    case 'handled':
      return 'green';
    case 'duplicate':
    case 'unrouted':
      return 'dim';
    case 'dead-lettered':
      return 'red';
    case 'failed':
    case 'blocked':
    case 'deferred':
      return 'yellow';
  }
}
