import { asText, isObject, own } from './json.ts';
import { inside, placeAt } from './place.ts';
import type { Properties } from './properties.ts';
import { readProperties } from './properties.ts';
import type { ResolvedTemplate } from './scope.ts';
import type { Resource } from './template.ts';

/** An event of a SAM function. */
export interface SamEvent {
  /** The one that SAM gives to what becomes of it: the function's and the event's name in one word. */
  readonly logicalId: string;
  /** SAM's: `DynamoDB`, `HttpApi`. */
  readonly type: string;
  readonly properties: Properties;
}

/** @see https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html */
export function samEventsOf(resource: Resource, { scope }: ResolvedTemplate): readonly SamEvent[] {
  if (resource.type !== 'AWS::Serverless::Function') return [];
  const events = own(resource.properties, 'Events');
  return Object.entries(isObject(events) ? events : {}).map(([name, event]) => {
    const declared = isObject(event) ? event : {};
    const properties = own(declared, 'Properties');
    const place = inside(placeAt(`Resources.${resource.logicalId}.Properties.Events`), `${name}.Properties`);
    return {
      logicalId: `${resource.logicalId}${name}`,
      type: asText(own(declared, 'Type')) ?? 'an event without a Type',
      properties: readProperties(isObject(properties) ? properties : {}, place, scope),
    };
  });
}
