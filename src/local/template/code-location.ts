import { dirname, extname, posix, resolve } from 'node:path';
import type { CodeLocation } from './function-plan.ts';
import { asText, isObject, own } from './json.ts';
import type { Place } from './place.ts';
import { inside, refused } from './place.ts';
import type { Properties } from './properties.ts';
import type { Resource, Template } from './template.ts';

/**
 * Where a function's code lies on this disk: at the asset's path that CDK notes, else at SAM's CodeUri, else in the zip
 * beside the template that bears the name of the one in S3, as osls packages it.
 * @throws LocalStackError for an image, for inline code and for code that is in S3 alone
 */
export function codeLocation(resource: Resource, properties: Properties, template: Template): CodeLocation {
  const { logicalId, metadata, type } = resource;
  const { place } = properties;
  if (properties.text('PackageType') === 'Image' || Object.hasOwn(resource.properties, 'ImageUri'))
    throw refused(
      place,
      `packages ${logicalId} as a container image, which does not run here. Package it as a zip (PackageType: Zip).`,
    );
  const located = (path: string) => locate(path, template);
  const asset = asText(own(metadata, 'aws:asset:path'));
  if (asset !== undefined) return located(asset);

  const isSam = type === 'AWS::Serverless::Function';
  if (Object.hasOwn(resource.properties, 'InlineCode')) throw inline(inside(place, 'InlineCode'), logicalId);
  const codeProperty = isSam ? 'CodeUri' : 'Code';
  const at = inside(place, codeProperty);
  const code = own(resource.properties, codeProperty);
  const localPath = isObject(code) ? undefined : properties.text(codeProperty);
  if (localPath?.startsWith('s3://'))
    throw refused(
      at,
      `is ${localPath}, which is not on this disk. Give the template as it was before its upload.`,
    );
  if (localPath !== undefined) return located(localPath);

  const parts = properties.nested(codeProperty);
  if (parts?.names().includes('ZipFile')) throw inline(inside(at, 'ZipFile'), logicalId);
  const key = parts?.text(isSam ? 'Key' : 'S3Key');
  if (key !== undefined) return { kind: 'zip', path: locate(posix.basename(key), template).path };
  throw refused(at, `says nothing of where the code of ${logicalId} lies. Give a folder or a zip.`);
}

function locate(path: string, template: Template): CodeLocation {
  const kind = extname(path) === '.zip' ? 'zip' : 'folder';
  return { kind, path: resolve(dirname(template.path), path) };
}

const inline = (place: Place, logicalId: string) =>
  refused(
    place,
    `holds the code of ${logicalId} inline, which does not run here. Put it into a file of its own.`,
  );
