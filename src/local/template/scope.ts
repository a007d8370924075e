import { holds } from './conditions.ts';
import type { AttributeSources } from './attributes.ts';
import { attributeFrom, referenceTo } from './attributes.ts';
import type { Scope } from './intrinsics.ts';
import type { Json } from './json.ts';
import { isObject, own } from './json.ts';
import { checkNames, parameterValue, pseudoParameters } from './parameters.ts';
import { givenName, physicalName } from './physical-name.ts';
import type { Place } from './place.ts';
import { following, placeAt, refused } from './place.ts';
import type { AttributeOf, PlanOptions } from './plan-options.ts';
import type { Properties } from './properties.ts';
import { readProperties } from './properties.ts';
import { kindOf } from './resource-kinds.ts';
import type { Resource, Template } from './template.ts';

/** A template with all that its intrinsic functions rest on. */
export interface ResolvedTemplate {
  readonly scope: Scope;
  readonly template: Template;
  /** Those whose condition holds, in the order of the template. */
  readonly resources: readonly Resource[];
  readonly nameOf: (resource: Resource) => string;
  readonly properties: (resource: Resource) => Properties;
}

export function resolvedTemplate(
  template: Template,
  options: PlanOptions,
  attributeOf: AttributeOf,
): ResolvedTemplate {
  checkNames(template, options);
  const { parameters = {} } = options;
  const pseudo = pseudoParameters(options);

  const propertiesOf = ({ logicalId }: Resource, place: Place) =>
    following(place, logicalId, `Resources.${logicalId}.Properties`);
  const nameOf = (resource: Resource, place: Place): string => {
    const kind = kindOf(resource.type);
    const given = givenName(options, resource.logicalId);
    if (kind === undefined || given !== undefined) return given ?? resource.logicalId;
    return physicalName(resource, kind, { scope, place: propertiesOf(resource, place), options });
  };
  const resourceNamed = (logicalId: string, place: Place): Resource => {
    const resource = template.resources.get(logicalId);
    if (resource === undefined)
      throw refused(
        place,
        `names ${logicalId}, but the template has no such resource or parameter. Correct the name, or add it.`,
      );
    if (exists(resource, place)) return resource;
    throw refused(
      place,
      `names ${logicalId}, which is not created because its condition ${resource.condition ?? ''} is false. ` +
        `Give the parameters that make it true, or guard this place with Fn::If.`,
    );
  };
  const exists = ({ condition }: Resource, place: Place): boolean =>
    condition === undefined || scope.isTrue(condition, place);

  const scope: Scope = {
    reference: (name, place) => {
      if (name === 'AWS::NoValue') return undefined;
      const value = pseudo.get(name);
      if (value !== undefined) return value;
      const declared = own(template.parameters, name);
      if (declared !== undefined)
        return parameterValue(
          name,
          declared,
          Object.hasOwn(parameters, name) ? parameters[name] : undefined,
          place,
        );
      const resource = resourceNamed(name, place);
      const given = kindOf(resource.type) === undefined ? givenName(options, name) : undefined;
      return given ?? referenceTo(resource, place, sources);
    },
    attribute: (logicalId, attribute, place) =>
      attributeFrom(resourceNamed(logicalId, place), attribute, place, sources),
    isTrue: (name, place) => {
      const condition = own(template.conditions, name);
      if (condition === undefined)
        throw refused(
          place,
          `names the condition ${name}, which the template does not have. Correct the name.`,
        );
      return holds(condition, following(place, `Conditions.${name}`, `Conditions.${name}`), scope);
    },
    find: (keys, place) => {
      const found = keys.reduce<Json | undefined>(
        (json, key) => (isObject(json) ? own(json, key) : undefined),
        template.mappings,
      );
      if (found !== undefined) return found;
      throw refused(
        place,
        `looks up Mappings.${keys.join('.')}, which is not there. Correct the keys, or add it.`,
      );
    },
  };
  const sources: AttributeSources = { scope, options, attributeOf, nameOf, propertiesOf };

  return {
    scope,
    template,
    resources: [...template.resources.values()].filter((resource) =>
      exists(resource, placeAt(`Resources.${resource.logicalId}.Condition`)),
    ),
    nameOf: (resource) => nameOf(resource, placeAt(`Resources.${resource.logicalId}`)),
    properties: ({ logicalId, properties }) =>
      readProperties(properties, placeAt(`Resources.${logicalId}.Properties`), scope),
  };
}
